import { parseArgs } from 'node:util';
import { playCase } from './play-case.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    /** Plays this one case of the seed alone. */
    only: { type: 'string' },
  },
});
const cases = Number(values.cases);
const seed = Number(values.seed);
const started = Date.now();
const stages = new Map<string, number>();
let crashes = 0;
let violations = 0;

const first = values.only ? Number(values.only) : 0;
const last = values.only ? first + 1 : cases;
for (let number = first; number < last; number += 1) {
  const played = await playCase(seed, number);
  stages.set(played.stage, (stages.get(played.stage) ?? 0) + 1);
  crashes += played.crashes.length;
  violations += played.violations.length;
  for (const violation of played.violations) {
    console.log(`case ${number} (${played.reference}): ${violation}`);
    console.log(`  again with: npm run simulate -- --seed ${seed} --only ${number}`);
  }
  if ((number + 1) % 100 === 0)
    console.log(`${number + 1} cases, ${crashes} crashes, ${violations} violations`);
}
console.log([...stages].map(([stage, count]) => `${stage} ${count}`).join(', '));
const seconds = Math.round((Date.now() - started) / 100) / 10;
console.log(JSON.stringify({ cases: last - first, crashes, violations, seconds }));
process.exit(violations > 0 ? 1 : 0);
