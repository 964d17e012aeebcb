import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { TerminalError, TransientError } from '../../functions/case/errors.ts';
import type { Ports } from '../../functions/case/ports.ts';
import { eraseMigrationData } from '../../functions/erase-migration-data.ts';
import { mailFor } from '../../functions/letters/mail-for.ts';
import { cybozuEngine } from '../../functions/migration/cybozu/cybozu-engine.ts';
import { mark } from '../../functions/migration/cybozu/maintenance.ts';
import { maintenanceKey } from '../../functions/migration/cybozu/records.ts';
import { writeJson } from '../../functions/migration/ndjson.ts';
import { MemoryTree } from '../../functions/migration/web/memory-tree.ts';
import { contentOf } from '../../local/simulation/planted.ts';
import { sampleCase, submitted } from '../case/sample-case.ts';
import { handlerPorts, keep, mailsQueued } from './case-in-records.ts';

const c = sampleCase({
  stage: 'completed',
  plans: ['web', 'cybozu'],
  forms: { 'source-access': submitted('source-access', { confided: 's' }) },
});
const event = { caseId: c.id };
const flag = 'cb5/data/maint';

let ports: Ports;
let stop: () => void;
let source: MemoryTree;
/** What opening the source throws, if it cannot be reached. */
let outage: Error | undefined;
let opened: number;

beforeEach(async () => {
  ({ ports, stop } = handlerPorts(new Date('2026-12-20T03:00:00Z')));
  [source, outage, opened] = [new MemoryTree(), undefined, 0];
  await keep(ports, c);
  const access = { protocol: 'sftp', host: 'old.example.jp', port: 22, user: 'u', password: 'pw', root: '/' };
  await ports.vault.put(c.id, 'source-cybozu.s', JSON.stringify(access));
});

afterEach(() => stop());

const engines = {
  cybozu: cybozuEngine(async () => {
    opened += 1;
    if (outage) throw outage;
    return source;
  }),
};
const erase = () => eraseMigrationData(event, ports, engines);

/** As a transfer leaves it whose release has failed. */
async function leaveClosed(): Promise<void> {
  await source.makeDirectory(Buffer.from('cb5'));
  await source.makeDirectory(Buffer.from('cb5/data'));
  await source.write(Buffer.from(flag), 0, mark(c.id), { create: true });
  const place = { secret: 'source-cybozu.s', root: '/home/shop' };
  await writeJson(ports.objects, maintenanceKey(c.id), { period: 'p', place, flag, ours: true });
}

async function erased(): Promise<boolean> {
  for await (const _ of ports.objects.list(`temporary/${c.id}/`)) return false;
  return (await ports.vault.get(c.id, 'source-cybozu.s')) === undefined;
}

test('a source that is still closed is opened once more before its log-in goes', async () => {
  await leaveClosed();
  await erase();
  expect((await contentOf(source)).has(flag)).toBe(false);
  expect(await erased()).toBe(true);
  expect((await ports.records.load(c.id))?.problems).toEqual([]);
  expect(await mailsQueued(ports)).toEqual([]);
});

test.each([
  new TransientError('接続が切れました。'),
  new TerminalError('ユーザー名かパスワードが正しくありません。'),
])('one that cannot be reached is known from then on, and the work goes on: %s', async (error) => {
  await leaveClosed();
  outage = error;
  await erase();
  expect(await erased()).toBe(true);
  const after = (await ports.records.load(c.id))!;
  expect(after.problems).toMatchObject([{ plan: 'cybozu', error: 'SourceStillClosed' }]);
  expect(after.problems[0]!.message).toContain('/home/shop/cb5/data/maint');
  expect(after.erasures).toHaveLength(1);

  const queued = await ports.records.pendingOutbox(new Date('2100-01-01T00:00:00Z'), 10);
  const mails = await Promise.all(
    queued.map(({ entry }) => {
      if (entry.kind !== 'mail') throw new Error(entry.kind);
      return mailFor(entry, after, ports.settings, ports.linkKey, {} as never);
    }),
  );
  const { engineers, staff } = ports.settings.mail;
  expect(mails.map(({ to }) => to).sort()).toEqual([engineers, staff].sort());
  for (const { text } of mails) expect(text).toContain('/home/shop/cb5/data/maint');
});

test('a flow that comes again tells nobody twice', async () => {
  await leaveClosed();
  outage = new TransientError('接続が切れました。');
  const { vault } = ports;
  const dying = { ...ports, vault: { ...vault, erase: () => Promise.reject(new Error('died')) } };
  await expect(eraseMigrationData(event, dying, engines)).rejects.toThrow('died');
  await erase();
  await erase();
  expect((await ports.records.load(c.id))?.problems).toHaveLength(1);
  expect(await mailsQueued(ports)).toEqual(['source-still-closed', 'source-still-closed']);
  expect(await erased()).toBe(true);
});

test('where nothing was closed no server is asked', async () => {
  await erase();
  expect(opened).toBe(0);
  expect(await erased()).toBe(true);
});
