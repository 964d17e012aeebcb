import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Role } from '../../functions/case/identity.ts';
import { Office } from './office.ts';

const as = (role: Role) => ({
  headers: { 'sec-fetch-site': 'same-origin', cookie: `hikkoshi-role=${role}` },
});

describe('the page of a transfer', () => {
  let office: Office;
  const path = (run: string | number, plan = 'web') =>
    `/console/cases/${office.reference}/transfers/${plan}/${run}`;

  beforeAll(async () => {
    office = new Office();
    const page = { create: true, attributes: { mode: 0o644, mtime: 1_700_000_000 } };
    await office.source.write(Buffer.from('index.html'), 0, Buffer.from('<p>はじめに</p>'), page);
    await office.playUntil('acceptance');
    await office.settle();
  });
  afterAll(() => office.close());

  it('says what was to move and what the verification saw, to staff and engineers', async () => {
    for (const role of ['staff', 'engineer'] as const) {
      const answer = await office.send(path(1), as(role));
      expect(answer.status).toBe(200);
      const page = await answer.text();
      for (const words of ['棚卸しの結果', '新規', '対象外', '照合の報告']) expect(page).toContain(words);
    }
    expect((await office.send(path(1), as('finance'))).status).toBe(403);
    expect((await office.send(`${path(1)}/report`, as('finance'))).status).toBe(403);
  });

  it('is linked from the case, and not for finance', async () => {
    const at = `/console/cases/${office.reference}`;
    expect(await (await office.send(at, as('engineer'))).text()).toContain(`href="${path(1)}"`);
    expect(await (await office.send(at, as('finance'))).text()).not.toContain('/transfers/');
  });

  it('gives the whole report, whose first line is the summary', async () => {
    const answer = await office.send(`${path(1)}/report`, as('engineer'));
    expect(answer.headers.get('content-disposition')).toContain('attachment');
    const [first] = (await answer.text()).split('\n');
    expect(JSON.parse(first!)).toMatchObject({ plan: 'web', run: 1, unexplained: 0 });
  });

  it('gives ledger and report as CSV too, packed for whoever takes it so', async () => {
    const ledger = `/console/cases/${office.reference}/ledgers/web/1`;
    for (const [href, heading] of [
      [`${ledger}/csv`, '種類'],
      [`${path(1)}/report/csv`, '照合の結果'],
    ] as const) {
      const plain = await office.send(href, as('engineer'));
      expect(plain.headers.get('content-type')).toBe('text/csv; charset=utf-8');
      expect(plain.headers.get('content-disposition')).toMatch(/^attachment; filename="HK-[\w-]+\.csv"$/);
      const text = Buffer.from(await plain.arrayBuffer()).toString();
      expect(text.startsWith(`\ufeff"${heading}",`)).toBe(true);
      const headers = { ...as('engineer').headers, 'accept-encoding': 'gzip, br' };
      const packed = await office.send(href, { headers });
      expect(packed.headers.get('content-encoding')).toBe('gzip');
      expect(gunzipSync(await packed.arrayBuffer()).toString()).toBe(text);
      expect((await office.send(href, as('finance'))).status).toBe(403);
      expect((await office.send(href.replace('/1', '/9'), as('engineer'))).status).toBe(404);
      const page = await (await office.send(path(1), as('engineer'))).text();
      expect(page).toContain(`href="${href}" download`);
    }
    const lines = (await (await office.send(ledger, as('staff'))).text()).trim().split('\n').filter(Boolean);
    const rows = (await (await office.send(`${ledger}/csv`, as('staff'))).text()).trim().split('\r\n');
    expect(lines).toHaveLength(1);
    expect(rows).toHaveLength(2);
    expect(rows[1]).toContain('"ファイル","./index.html","","移行済み","","一致",');
  });

  it('is there for runs that are, or come next, and for no others', async () => {
    expect(await (await office.send(path(2), as('staff'))).text()).toContain(
      '棚卸し（移行元の一覧の作成）が終わると',
    );
    const others = [
      path(3),
      path('1e1'),
      path('01'),
      path(0),
      path('../1'),
      path(1, 'cybozu'),
      path(1, '__proto__'),
    ];
    for (const other of others) expect((await office.send(other, as('staff'))).status).toBe(404);
    expect((await office.send(`${path(2)}/report`, as('staff'))).status).toBe(404);
  });
});
