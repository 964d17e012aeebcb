import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TransferSummary } from '../../../functions/case/case.ts';
import { append } from '../../../functions/migration/mail/imap/append.ts';
import type { ImapConnection } from '../../../functions/migration/mail/imap/connection.ts';
import { fetchLarge } from '../../../functions/migration/mail/imap/fetch-bodies.ts';
import { everything, fetchList, type Listed } from '../../../functions/migration/mail/imap/fetch-list.ts';
import { selectMailbox } from '../../../functions/migration/mail/imap/select.ts';
import { fileObjects } from '../../../local/ports/objects.ts';
import { type Dovecot, startDovecot } from '../../servers/dovecot.ts';
import { open } from './move.ts';

let source: Dovecot;
let target: Dovecot;
const users = { taro: 'himitsu', hanako: 'himitsu' };
beforeAll(async () => {
  source = await startDovecot({ users });
  target = await startDovecot({ users });
});
afterAll(async () => {
  await source.stop();
  await target.stop();
});

const program = join(import.meta.dirname, 'dying-move.ts');

/** A whole move in a process of its own. */
function moveApart(folder: string, user: string): Promise<TransferSummary & { residentMegabytes: number }> {
  const args = [program, `${source.port}`, `${target.port}`, folder, '0', '0', user];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  return new Promise((resolve, reject) =>
    child.once('close', (code) =>
      code === 0 ? resolve(JSON.parse(output)) : reject(new Error(`It ended with ${code}.`)),
    ),
  );
}

const mebibyte = 1024 * 1024;

/** A mail in pieces of a MiB, no two of its lines alike; never in memory as a whole. */
async function* generated(mebibytes: number): AsyncGenerator<Buffer> {
  const lines = mebibyte / 64;
  for (let block = 0; block < mebibytes; block++) {
    const text = Array.from({ length: lines }, (_, at) =>
      `${block * lines + at}`.padStart(62, 'Subject: 100 MB '),
    );
    yield Buffer.from(`${text.join('\r\n')}\r\n`);
  }
}

async function hashOf(pieces: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}

/** The only message of the INBOX. */
async function messageAt(connection: ImapConnection) {
  await selectMailbox(connection, 'INBOX', 'EXAMINE');
  const found: Listed[] = [];
  await fetchList(connection, 'FETCH', '1:*', everything, (message) => void found.push(message));
  expect(found).toHaveLength(1);
  const { uid, size, flags } = found[0]!;
  let sha256 = '';
  await fetchLarge(connection, uid, async (_, body) => {
    sha256 = await hashOf(body);
  });
  return { size, flags, sha256 };
}

/** Moves one mail of this size; returns the peak of memory, in MB. */
async function peakOf(user: keyof typeof users, mebibytes: number): Promise<number> {
  const credentials = { user, password: 'himitsu' };
  const [from, to] = [await open(source.port, credentials), await open(target.port, credentials)];
  const folder = mkdtempSync(join(tmpdir(), 'mail-large-'));
  const size = mebibytes * mebibyte;
  try {
    const body = { size, pieces: () => generated(mebibytes) };
    await append(from, 'INBOX', [{ body, flags: ['\\Seen'], date: '', eight: false }]);
    const summary = await moveApart(folder, user);
    expect(summary).toMatchObject({ moved: 1, altered: 0, skipped: 0, unexplained: 0 });
    let largest = 0;
    for await (const { key, size } of fileObjects(folder).list('temporary/'))
      if (/staged/.test(key)) largest = Math.max(largest, size);
    expect(largest).toBeGreaterThan(mebibyte);
    expect(largest).toBeLessThan(5 * mebibyte);
    const sha256 = await hashOf(generated(mebibytes));
    expect(await messageAt(to)).toEqual({ size, flags: ['\\Seen'], sha256 });
    return summary.residentMegabytes;
  } finally {
    await Promise.all([from.logout(), to.logout()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

test('a mail of 100 MB arrives byte for byte, in no more memory than one of 25 MB', async () => {
  const [smaller, larger] = [await peakOf('taro', 25), await peakOf('hanako', 100)];
  // Whoever held it as a whole would need 79 MB more; the rest is what V8 leaves lying for a while.
  expect(larger - smaller).toBeLessThan(60);
}, 120_000);
