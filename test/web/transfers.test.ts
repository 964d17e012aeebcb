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
