import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { openDatabase } from '../../local/ports/database.ts';
import { sqliteEvents } from '../../local/ports/events.ts';
import { sqliteMailbox } from '../../local/ports/mailer.ts';
import { fileObjects } from '../../local/ports/objects.ts';
import { systemRandom } from '../../local/ports/random.ts';
import { sqliteRecords } from '../../local/ports/records.ts';
import { fileVault, keyFile } from '../../local/ports/vault.ts';
import { dataFolder } from './on-local.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
function aFolder(): string {
  const { folder, stop } = dataFolder();
  stops.push(stop);
  return folder;
}

const filesBelow = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
const holds = (folder: string, planted: string) =>
  filesBelow(folder).some((path) => readFileSync(path).includes(planted));

describe('what only the local ports promise', () => {
  test('a killed process loses nothing that was acknowledged, and leaves nothing half done', async () => {
    const folder = aFolder();
    const writer = fork(join(import.meta.dirname, 'writer-for-test.ts'), [folder], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let acknowledged = 0;
    writer.on('message', (version) => {
      acknowledged = Number(version);
      if (acknowledged === 40) writer.kill('SIGKILL');
    });
    // What it said last may be read after its end.
    await Promise.all([once(writer, 'exit'), once(writer, 'disconnect')]);
    expect(acknowledged).toBeGreaterThanOrEqual(40);

    const database = openDatabase(join(folder, 'hikkoshi.sqlite'));
    const records = sqliteRecords(database);
    const { version } = (await records.load('K-1'))!;
    expect([acknowledged, acknowledged + 1]).toContain(version);
    expect((await records.history('K-1')).map((entry) => entry.number)).toEqual(
      Array.from({ length: version }, (_, index) => index + 1),
    );
    expect(await records.pendingOutbox(new Date('2100-01-01'), 10_000)).toHaveLength(version);
    database.close();

    const objects = fileObjects(folder);
    for await (const { key, size } of objects.list('temporary/')) expect([key, size]).toEqual([key, 300_000]);
    expect(await objects.deleteAll('temporary/')).toBeGreaterThanOrEqual(40);
    expect(holds(folder, 'planted-in-an-object')).toBe(false);
  });

  test('what a dead process was about to store is removed at the next start; what a living one stores is not', async () => {
    const folder = aFolder();
    fileObjects(folder);
    const child = fork(join(import.meta.dirname, 'writer-for-test.ts'), ['nowhere', 'exit']);
    await once(child, 'exit');
    writeFileSync(join(folder, 'incoming', `${child.pid}-aa`), 'left behind');
    writeFileSync(join(folder, 'incoming', `${process.ppid}-aa`), 'being written');
    fileObjects(folder);
    expect(readdirSync(join(folder, 'incoming'))).toEqual([`${process.ppid}-aa`]);
  });

  test('erasing objects removes their directories, which bear names too', async () => {
    const folder = aFolder();
    const objects = fileObjects(folder, { sync: true });
    await objects.put('temporary/C-1/html/index.php', new TextEncoder().encode('planted'));
    await objects.deleteAll('temporary/C-1/');
    expect(readdirSync(join(folder, 'objects'))).toEqual([]);
  });

  test('secrets lie encrypted, for the owner only, each bound to its place', async () => {
    const folder = aFolder();
    const vault = fileVault(folder);
    await vault.put('C-1', 'source-web', 'planted-password');
    await vault.put('C-1', 'target-web', 'planted-password');
    expect(holds(folder, 'planted-password')).toBe(false);
    for (const path of filesBelow(folder)) expect(statSync(path).mode & 0o077).toBe(0);
    const [source, target] = filesBelow(join(folder, 'secrets'));
    expect(readFileSync(source!).equals(readFileSync(target!))).toBe(false);
    writeFileSync(source!, readFileSync(target!));
    await expect(vault.get('C-1', 'source-web')).rejects.toThrow();
    expect(await fileVault(folder).get('C-1', 'target-web')).toBe('planted-password');
  });

  test('a damaged master key stops the start and is left alone', () => {
    const folder = aFolder();
    const path = join(folder, 'master.key');
    const key = keyFile(path);
    expect(keyFile(path)).toEqual(key);
    writeFileSync(path, key.subarray(1));
    expect(() => fileVault(folder)).toThrow('put back the file from your backup');
    expect(readFileSync(path)).toHaveLength(31);
  });

  test('the mailbox keeps a mail once, counts it, and shows its attachments', async () => {
    const database = openDatabase(':memory:');
    const mailbox = sqliteMailbox(database, { now: () => new Date('2026-11-24T01:02:03Z') });
    const content = systemRandom.bytes(1000);
    const mail = {
      messageId: 'C-1-1-1@example.jp',
      to: 'customer@example.jp',
      subject: '御見積書',
      text: '本文',
      html: '<p>本文</p>',
      attachments: [{ filename: '御見積書.pdf', contentType: 'application/pdf', content }],
    };
    await mailbox.send(mail);
    await mailbox.send({ ...mail, messageId: '<C-1-1-1@example.jp>' });
    await mailbox.send({ ...mail, messageId: '<C-1-1-2@example.jp>', attachments: [] });
    const head = { to: mail.to, subject: mail.subject, receivedAt: '2026-11-24T01:02:03.000Z' };
    expect(mailbox.listMails()).toEqual([
      { id: 2, messageId: '<C-1-1-2@example.jp>', timesSent: 1, attachments: 0, ...head },
      { id: 1, messageId: '<C-1-1-1@example.jp>', timesSent: 2, attachments: 1, ...head },
    ]);
    expect(mailbox.listMails({ before: 2, limit: 5 })).toHaveLength(1);
    expect(mailbox.readMail(1)).toMatchObject({ text: '本文', html: '<p>本文</p>' });
    expect(mailbox.readMail(1)?.attachments).toEqual(mail.attachments);
    expect(mailbox.readMail(3)).toBeUndefined();
  });

  test('an event that comes again is kept as it came first, and counted', async () => {
    const events = sqliteEvents(openDatabase(':memory:'));
    const event = { id: 'C-1-1-1', type: 'invoice', at: '2026-11-24T00:00:00.000Z', detail: { total: 1 } };
    await events.publish(event);
    await events.publish({ ...event, detail: { total: 2 } });
    expect(events.listEvents()).toEqual([{ ...event, timesPublished: 2 }]);
  });

  test('a folder that is not there yet is made', async () => {
    const folder = join(aFolder(), 'new', 'data');
    mkdirSync(join(folder, '..'));
    await fileVault(folder).put('C-1', 'key', 'value');
    await fileObjects(folder).put('records/a', new Uint8Array(1));
    expect(filesBelow(folder).length).toBe(3);
  });
});
