import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readForecast } from '../../../functions/migration/forecast.ts';
import { takeMailInventory } from '../../../functions/migration/mail/take-mail-inventory.ts';
import { forecastView } from '../../../functions/web/transfer-page-view.ts';
import { type Dovecot, startDovecot } from '../../servers/dovecot.ts';
import { fill, letter } from './mailboxes.ts';
import { inboxAt, jobBetween, move, open, until } from './move.ts';

const users = { taro: 'himitsu', hanako: 'himitsu' };
const accounts = Object.keys(users).map((user) => ({ user, targetUser: user, password: 'himitsu' }));
let source: Dovecot;
let target: Dovecot;
beforeAll(async () => {
  source = await startDovecot({ users });
  target = await startDovecot({ users, quota: '*:storage=300K' });
});
afterAll(async () => {
  await source.stop();
  await target.stop();
});

async function arrive(user: string, numbers: readonly number[], bytes: number): Promise<void> {
  const from = await open(source.port, { user, password: 'himitsu' });
  await fill(
    from,
    'INBOX',
    numbers.map((number) => ({ body: letter(number, bytes) })),
  );
  await from.logout();
}

const countAt = async (user: string) => (await inboxAt(target.port, { user, password: 'himitsu' })).length;

test('a mailbox that will not fit is told at the inventory, before anything is copied; a later run counts what is new only', async () => {
  await arrive('taro', [1, 2, 3, 4, 5], 90_000);
  await arrive('hanako', [11, 12, 13], 80_000);
  const job = jobBetween({ source: source.port, target: target.port }, { accounts });
  try {
    await until(() => takeMailInventory(job), 0);
    const forecast = (await readForecast(job.objects, job))!;
    expect(forecast.remarks).toEqual([
      expect.stringMatching(
        /^taro: 容量不足: これから移すメールは45\d kB\(45\d{4}バイト\)ですが、移行先の空き容量は307 kB\(307200バイト\)です。移行先の容量を14\d kB以上増やしてください。/,
      ),
    ]);
    expect(forecast).toMatchObject({ new: { objects: 8 }, skipped: { objects: 0 }, chunks: 2 });
    expect(forecast.new.bytes).toBe(forecast.bytesToRead);
    expect(forecastView(forecast)).toMatchObject({
      remarks: forecast.remarks,
      kinds: expect.arrayContaining([{ label: 'メール', objects: 8, bytes: forecast.new.bytes }]),
    });
    expect([await countAt('taro'), await countAt('hanako')]).toEqual([0, 0]);

    const summary = await move(job);
    expect(summary).toMatchObject({ unexplained: 0, remarks: forecast.remarks });
    expect(await countAt('hanako')).toBe(3);
    const fitted = await countAt('taro');
    expect(fitted).toBeGreaterThan(0);
    expect(fitted).toBeLessThan(5);

    // What is left of hanako's 300 KB would not hold all of it a second time; the new mail fits.
    await arrive('hanako', [14], 20_000);
    const again = { ...job, run: 2, previousRun: 1 };
    await until(() => takeMailInventory(again), 0);
    const delta = (await readForecast(job.objects, again))!;
    expect(delta.remarks).toEqual([expect.stringMatching(/^taro: 容量不足: /)]);
    expect(delta).toMatchObject({ new: { objects: 5 - fitted + 1 }, changed: { objects: 0 } });
    expect(await countAt('hanako')).toBe(3);
    await move(again);
    expect(await countAt('hanako')).toBe(4);
  } finally {
    job.dispose();
  }
});
