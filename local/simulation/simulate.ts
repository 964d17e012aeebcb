import { parseArgs } from 'node:util';
import { playMany } from './play-many.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    /** Plays this one case of the seed alone. */
    only: { type: 'string' },
  },
});
const seed = Number(values.seed);
const first = values.only === undefined ? 0 : Number(values.only);
const end = values.only === undefined ? Number(values.cases) : first + 1;
if (![seed, first, end].every(Number.isSafeInteger) || end <= first) {
  console.error('usage: npm run simulate -- --cases N --seed S [--only NUMBER]');
  process.exit(2);
}

const started = Date.now();
const stages: Record<string, number> = {};
let cases = 0;
let crashes = 0;
let violations = 0;
for await (const played of playMany(seed, first, end)) {
  cases += 1;
  stages[played.stage] = (stages[played.stage] ?? 0) + 1;
  crashes += played.crashes.length;
  violations += played.violations.length;
  for (const violation of played.violations)
    console.log(`case ${played.number} (${played.reference}): ${violation}`);
  if (played.violations.length > 0)
    console.log(`  again with: npm run simulate -- --seed ${seed} --only ${played.number}`);
  if (cases % 100 === 0) console.log(`${cases} cases, ${crashes} crashes, ${violations} violations`);
}
console.log(
  Object.entries(stages)
    .map(([stage, count]) => `${stage}: ${count}`)
    .join(', '),
);
const seconds = Math.round((Date.now() - started) / 100) / 10;
console.log(JSON.stringify({ cases, crashes, violations, seconds }));
process.exit(violations > 0 ? 1 : 0);
