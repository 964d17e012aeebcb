import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Dial } from '../../../functions/migration/mail/imap/open-connection.ts';
import { takeMailInventory } from '../../../functions/migration/mail/take-mail-inventory.ts';
import { type Dovecot, startDovecot } from '../../servers/dovecot.ts';
import { letter } from './mailboxes.ts';
import { jobBetween, loopback, move, until } from './move.ts';

const folders = 1000;
/** Dovecot writes its whole list anew for each. */
const subscriptions = 100;

/** Written as Dovecot keeps them: it takes a thousand CREATEs only at the target. */
function seed(source: Dovecot): void {
  const maildir = join(source.home('taro'), 'Maildir');
  const names = Array.from({ length: folders }, (_, at) => `.F${Math.floor(at / 50)}.F${at}`);
  for (const [at, name] of names.entries()) {
    for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(maildir, name, part), { recursive: true });
    for (const number of [1, 2]) {
      const body = letter(2 * at + number, 500)
        .toString('latin1')
        .replaceAll('\r\n', '\n');
      writeFileSync(join(maildir, name, 'cur', `130000000${number}.M${number}.seed:2,S`), body, 'latin1');
    }
  }
  const subscribed = names.slice(0, subscriptions);
  writeFileSync(join(maildir, 'subscriptions'), subscribed.map((name) => `${name.slice(1)}\n`).join(''));
  if (process.getuid?.() === 0) execFileSync('chown', ['-R', '65534:65534', join(source.folder, 'mail')]);
}

/** Counts what our side sends: a line that begins with a tag of ours. */
function counting(commands: string[]): Dial {
  return async (host, port) => {
    const socket = await loopback(host, port);
    const { write } = socket;
    socket.write = ((data: Uint8Array | string, ...rest: []) => {
      for (const [, name] of Buffer.from(data)
        .toString('latin1')
        .matchAll(/^h\d+ ((?:UID )?[A-Z]+)/gm))
        commands.push(name!);
      return write.call(socket, data, ...rest);
    }) as typeof socket.write;
    return socket;
  };
}

test('of 1,000 folders each costs a few commands in the first run, and none in a second one before the verification', async () => {
  const ramDisk = hasRoom('/dev/shm') && { below: '/dev/shm' };
  const source = await startDovecot({ ...ramDisk, more: 'mail_fsync = never' });
  const target = await startDovecot({ ...ramDisk, more: 'mail_fsync = never' });
  seed(source);
  const commands: string[] = [];
  const counted = (name: string) => commands.filter((one) => one === name).length;
  const job = jobBetween({ source: source.port, target: target.port }, { dial: counting(commands) });
  try {
    await until(() => takeMailInventory(job), 0);
    for (const name of ['CREATE', 'EXAMINE', 'FETCH']) expect(counted(name)).toBeGreaterThanOrEqual(folders);
    expect(counted('SUBSCRIBE')).toBe(subscriptions);
    expect(commands.length).toBeLessThan(3 * folders + subscriptions + 100);
    expect(await move(job)).toMatchObject({ unexplained: 0, skipped: 0 });
    // Both ends opened, read and stored; opened again, listed and read by the verification.
    expect(commands.length).toBeLessThan((3 + 4 + 4) * folders + subscriptions + 200);

    commands.length = 0;
    const again = { ...job, run: 2, previousRun: 1 };
    expect(await until(() => takeMailInventory(again), 0)).toMatchObject({
      chunks: expect.any(Number),
      bytesToRead: 0,
    });
    expect(counted('LIST')).toBe(4);
    expect(commands.length).toBeLessThan(20);
    expect(await move(again)).toMatchObject({ moved: 0, unexplained: 0 });
    expect(commands.length).toBeLessThan(4 * folders + 50);
  } finally {
    job.dispose();
    await source.stop();
    await target.stop();
  }
}, 120_000);

/** The mailboxes take some 40 MB; a container's RAM disk may be as small as 64. */
function hasRoom(folder: string): boolean {
  if (!existsSync(folder)) return false;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize > 256 * 1024 * 1024;
}
