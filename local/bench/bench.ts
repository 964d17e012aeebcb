const benches = ['web', 'mail', 'database'] as const;

/** Ours against the peers on the same work in the same run; a line of JSON for each case. Peers that are missing are named. */
const which = benches.find((one) => one === process.argv[2]);
if (!which) {
  console.error(`usage: npm run bench -- ${benches.join('|')}`);
  process.exit(2);
}
await import(`./${which}.ts`);
