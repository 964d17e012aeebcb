import { playCase } from './play-case.ts';

/** Plays the cases `first`, `first + step`, … below `end` of a seed; a line of JSON for each. Started by play-many.ts. */
const [seed, first, step, end] = process.argv.slice(2).map(Number);
// Pages log why they failed, and here they fail because the process dies under them, on purpose.
console.error = () => {};
for (let number = first!; number < end!; number += step!) {
  const played = await playCase(seed!, number);
  process.stdout.write(`${JSON.stringify({ ...played, number })}\n`);
}
