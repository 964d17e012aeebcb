import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { collectSeldom } from '../functions/migration/collect-seldom.ts';
import { enginesWith } from '../functions/migration/engines.ts';
import { openWebTree } from '../functions/migration/web/open-web-tree.ts';
import { StandingTrees } from '../functions/migration/web/standing-trees.ts';
import { systemClock } from './ports/clock.ts';
import { openDatabase } from './ports/database.ts';
import { systemRandom } from './ports/random.ts';
import { openProduct } from './product.ts';
import { redriveFailed } from './redrive-failed.ts';
import { run } from './run.ts';
import { serve } from './serve.ts';
import { readSettings } from './settings.ts';

const port = Number(process.env.PORT ?? 8780);
const folder = process.env.HIKKOSHI_FOLDER ?? '.local';

collectSeldom();
mkdirSync(folder, { recursive: true, mode: 0o700 });
const product = openProduct({
  folder,
  database: openDatabase(join(folder, 'hikkoshi.db')),
  clock: systemClock,
  random: systemRandom,
  settings: readSettings(`http://127.0.0.1:${port}`),
  engines: enginesWith(new StandingTrees(openWebTree).open),
  runtime: {
    afterWrite: (name) => {
      if (name === 'ExecutionFailed')
        console.error('hikkoshi: a flow has failed; nothing is lost, and the next start tries it again');
    },
  },
});
const stop = new AbortController();
const serving = await serve(product, port).catch((error: NodeJS.ErrnoException) => {
  const reason =
    error.code === 'EADDRINUSE' ? `port ${port} is taken; choose another with PORT=…` : error.message;
  console.error(`hikkoshi: not started: ${reason}`);
  process.exit(1);
});
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());

console.log(
  `hikkoshi: mail is shown at ${serving.address}/mailbox, survey reports are taken from ${folder}/surveys, dumps from ${folder}/dumps/<reference>/`,
);
for (const line of redriveFailed(product)) console.log(`hikkoshi: ${line}`);
console.log(`hikkoshi: ${serving.address}`);
await run(product, folder, stop.signal);
process.exit(0);
