import { expect, test } from '@jest/globals';
import { crashPoints, type Played, playCase } from '../../local/simulation/play-case.ts';
import { playMany } from '../../local/simulation/play-many.ts';

/** Two hundred whole cases with random people, weather and crashes (issue: proof of durability; threats.md, last part). */
const seed = 7;
const cases = 200;

test('two hundred cases end as they should, whatever dies on the way', async () => {
  const all: (Played & { number: number })[] = [];
  for await (const played of playMany(seed, 0, cases)) all.push(played);

  const violations = all.flatMap((played) =>
    played.violations.map((sentence) => `case ${played.number}: ${sentence}`),
  );
  expect(violations).toEqual([]);
  expect(all).toHaveLength(cases);

  // A run that does nothing would pass the lines above.
  const crashed = new Set(all.flatMap(({ crashes }) => crashes));
  expect(
    crashPoints.map(({ effect, moment }) => `${moment} ${effect}`).filter((place) => !crashed.has(place)),
  ).toEqual([]);
  const stages = all.map(({ stage }) => stage);
  expect(stages.filter((stage) => stage === 'invoiced').length).toBeGreaterThan(cases / 2);
  for (const stage of ['declined', 'closed', 'simple-quoted'] as const) expect(stages).toContain(stage);

  const reached = new Set(all.flatMap((played) => played.reached));
  for (const branch of [
    'answered 410', // too late
    'answered 422', // not valid
    'answered 500', // the process died under the request
    'mail sent again',
    'event published again',
    'task-expired',
    'task-token-renewed',
    'transfer-problem',
    'moved web',
    'moved cybozu',
    'consultation-needed',
    'reminded',
  ]) {
    expect([...reached]).toContain(branch);
  }
}, 300_000);

test('a seed repeats a case exactly', async () => {
  const [first, second] = [await playCase(3, 60), await playCase(3, 60)];
  expect(second).toEqual(first);
});
