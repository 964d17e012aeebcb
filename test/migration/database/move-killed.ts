import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
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
  const start = () =>
    spawn(process.execPath, [script, folder, ...both, key], { stdio: ['ignore', 'pipe', 'ignore'] });
  for (let kills = 0; kills < 50; kills++) {
    const child = start();
    if (!(await said(child, 'copying'))) throw new Error('A mover ended before it copied.');
    const moment = setTimeout(Math.random() * 40, false);
    if (await Promise.race([moment, said(child, 'copied')])) {
      throw new Error(`All was copied after ${kills} kills: there is too little to move.`);
    }
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
  }
  if (!(await said(start(), 'copied'))) throw new Error('The last mover did not come to its end.');
  const vault = { put: async () => {}, get: async () => key, erase: async () => 0 };
  return jobFor(source, target, { objects: fileObjects(folder), vault });
}

/** False when the process ended without saying it. */
function said(child: ChildProcess, word: string): Promise<boolean> {
  return new Promise((resolve) => {
    child.stdout!.on('data', (text) => {
      if (String(text).includes(`${word}\n`)) resolve(true);
    });
    child.once('close', () => resolve(false));
  });
}
