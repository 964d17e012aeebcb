import { afterEach, expect, test } from '@jest/globals';
import type { WebPolicy } from '../../functions/migration/web/open-web-tree.ts';
import { Office, wordsOf } from '../web/office.ts';

/** R23: the flow waits for the customer's hours, before a step and in the middle of a chunk; and R4's caps arrive. */
let office: Office;
afterEach(() => office.close());

const nights = { copyHours: 'limited', copyFrom: '22:00', copyTo: '06:00' };
/** 22:00 in Japan. */
const firstNight = '2026-11-24T13:00:00.000Z';
const secondNight = '2026-11-25T13:00:00.000Z';
const lastDay = '2026-11-30T10:00';

async function begin(options: { bytes?: number; onRead?: () => void; posted?: Record<string, string> } = {}) {
  const policies: WebPolicy[] = [];
  office = new Office({
    openTree: async ({ user }, policy) => {
      if (user === 'moto') policies.push(policy);
      return user === 'moto' ? office.source : office.target;
    },
  });
  const { source } = office;
  const read = source.read.bind(source);
  const reads: string[] = [];
  source.read = async (path, start, length) => {
    reads.push(`${path} from ${start}`);
    options.onRead?.();
    return read(path, start, length);
  };
  for (const [name, bytes] of [
    ['a.html', options.bytes ?? 600],
    ['b.html', 600],
  ] as const)
    await source.write(Buffer.from(name), 0, Buffer.alloc(bytes, name), { create: true });
  await office.playUntil('migration-details');
  await office.answer('migration-details', { windowEndsAt: lastDay, ...options.posted });
  await office.settle();
  return { reads, policies };
}

/** Time goes on to whatever the flow waits for. */
async function wake(): Promise<string> {
  const at = office.product.runtime.nextWakeAt();
  office.clock.set(at!);
  await office.settle();
  return at!.toISOString();
}
const visited = () =>
  (office.tables().workflow_journal ?? [])
    .filter(({ type }) => type === 'StateSucceeded')
    .map(({ state }) => state);
const page = async () =>
  wordsOf(
    await office.send(`/console/cases/${office.reference}`, {
      headers: { cookie: 'hikkoshi-role=engineer' },
    }),
  );
const openKinds = async () =>
  (await office.load()).tasks.filter(({ status }) => status === 'open').map(({ kind }) => kind);

test('a transfer that is due by day reads nothing before the night, and says what it waits for', async () => {
  const { reads } = await begin({ posted: nights });
  const mails = office.product.mailbox.listMails({ limit: 500 });
  const scheduled = mails.find(({ subject }) => subject.includes('移行作業の日程'));
  expect(office.product.mailbox.readMail(scheduled!.id)?.text).toContain('毎日 22:00から翌6:00まで');
  // The agreed start, an hour from now.
  await wake();
  expect(reads).toEqual([]);
  expect(await openKinds()).toEqual([]);
  expect(await page()).toContain(
    'コピーしてよい時間帯（毎日 22:00から翌6:00まで）を待っています。2026年11月24日（火） 22:00に、自動で続きから再開します。',
  );
  expect(await wake()).toBe(firstNight);
  expect(visited()).toContain('WaitForInventoryHours');
  expect(await openKinds()).toEqual(['migration-sign-off']);
  expect((await office.load()).transfers[0]).toMatchObject({ objects: 2, moved: 2, unexplained: 0 });
});

test('hours that end in the middle of a chunk are waited for there, and nothing is read twice', async () => {
  let late = false;
  const { reads } = await begin({
    // Two parts, and a bit.
    bytes: 17_000_000,
    posted: nights,
    // With the first part of the night it becomes six in the morning.
    onRead: () => {
      if (!late) office.clock.set(new Date('2026-11-24T21:00:00.000Z'));
      late = true;
    },
  });
  await wake();
  expect(await wake()).toBe(firstNight);
  expect(await openKinds()).toEqual([]);
  const firstReads = reads.length;
  expect(firstReads).toBeGreaterThan(0);
  expect(await wake()).toBe(secondNight);
  expect(visited()).toContain('WaitForCopyHours');
  expect(await openKinds()).toEqual(['migration-sign-off']);
  expect((await office.load()).transfers[0]).toMatchObject({ objects: 2, moved: 2, unexplained: 0 });
  // The copy reads each part once, the verification once more.
  expect(reads.length).toBe(8);
  expect(new Set(reads.slice(0, 4)).size).toBe(4);
  expect(new Set(reads).size).toBe(4);
});

test('a night that does not come before the window ends is a matter for the engineer, at once', async () => {
  await begin({
    posted: { ...nights, copyFrom: '10:00', copyTo: '12:00', windowEndsAt: '2026-11-24T20:00' },
  });
  office.clock.set(new Date('2026-11-24T05:00:00.000Z'));
  const { c } = await office.open('transfer-problem');
  expect(c.problems[0]).toMatchObject({
    error: 'WindowClosedError',
    message: expect.stringContaining('毎日 10:00から12:00まで'),
  });
});

test.each([
  [{}, { connections: 8, bytesPerSecond: 50_000_000 }, { connections: 4, bytesPerSecond: 25_000_000 }],
  [
    { sourceConnections: '1', sourceMegabytesPerSecond: '0.5' },
    { connections: 1, bytesPerSecond: 500_000 },
    { connections: 1, bytesPerSecond: 500_000 },
  ],
])('what the source is to bear reaches those who read it: %j', async (posted, alone, chunk) => {
  const { policies } = await begin({ posted });
  await wake();
  expect(await openKinds()).toEqual(['migration-sign-off']);
  const [inventory, ...others] = policies;
  const verification = others.pop();
  for (const policy of [inventory, verification]) expect(policy).toMatchObject(alone);
  for (const policy of others) expect(policy).toMatchObject(chunk);
  expect(others.length).toBeGreaterThan(0);
});
