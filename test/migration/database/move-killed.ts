import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseServer } from '../../../functions/case/database-access.ts';
import type { DatabaseJob } from '../../../functions/migration/database/job.ts';
import { fileObjects } from '../../../local/ports/objects.ts';
import { jobFor } from './run-job.ts';

/** Copies a database by processes that end with kill -9 at fifty random moments of one move; what is left is to verify. */
export async function moveKilled(source: DatabaseServer, target: DatabaseServer): Promise<DatabaseJob> {
  const folder = mkdtempSync(join(tmpdir(), 'kill-'));
  const key = Buffer.alloc(32, 7).toString('base64');
  const script = join(import.meta.dirname, 'mover.ts');
  const both = [JSON.stringify(source), JSON.stringify(target)];
  const live = async (...life: string[]) => {
    const child = spawn(process.execPath, [script, folder, ...both, key, ...life], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await once(child, 'close');
    if (child.signalCode !== 'SIGKILL' && child.exitCode !== 0)
      throw new Error('A mover failed; its error is above.');
    return child.signalCode === 'SIGKILL' ? 'killed' : 'copied';
  };
  for (let kills = 0; kills < 50; kills++) {
    if ((await live(String(Math.random() * 40))) === 'copied')
      throw new Error(`All was copied after ${kills} kills: there is too little to move.`);
  }
  await live();
  const vault = { put: async () => {}, get: async () => key, erase: async () => 0 };
  return jobFor(source, target, { objects: fileObjects(folder), vault });
}
