import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Case } from '../../functions/case/case.ts';
import { documentHash } from '../../functions/case/documents.ts';
import { roles } from '../../functions/case/identity.ts';
import { Office, wholeCase } from './office.ts';

/** Every GET route of the product, with what it can be asked for in this case. */
function addresses(
  c: Case,
  links: readonly string[],
  mails: readonly { id: number; attachments: number }[],
  office: Office,
): string[] {
  const at = `/console/cases/${c.id}`;
  return [
    '/',
    '/mailbox',
    ...mails.flatMap(({ id, attachments }) => [
      `/mailbox/${id}`,
      ...(attachments > 0 ? [`/mailbox/${id}/attachments/0`] : []),
    ]),
    ...links.flatMap((link) => [link, `${link}/quote.pdf`, `${link}/certificate.pdf`]),
    ...office.ports.settings.documents.map((one) => `/documents/${documentHash(one)}`),
    '/console',
    '/console/sign-in',
    '/console/sign-in?to=/console/cases',
    '/sign-in/callback',
    '/console/sign-out',
    '/console/cases',
    '/console/cases?waitingFor=customer&after=x',
    `/console/cases?reference=${c.id}`,
    '/console/cases/new',
    '/console/invoices',
    at,
    `${at}?outcome=done`,
    `${at}/survey`,
    `${at}/survey/template.csv`,
    `${at}/invoice.pdf`,
    ...c.quotes.map(({ number }) => `${at}/quotes/${number}.pdf`),
    ...c.tasks.map(({ id }) => `${at}/tasks/${id}`),
    `${at}/ledgers/web/1`,
  ];
}

describe('GET looks and never changes anything', () => {
  let office: Office;
  beforeAll(() => {
    office = new Office();
  });
  afterAll(() => office.close());

  test('every address, for everybody, with every method that only looks, at every stage of a case', async () => {
    const seen = new Map<string, Set<number>>();
    const drawn = new Set<string>();
    await office.openCase();
    const visitors = [
      await office.browser(),
      ...(await Promise.all(roles.map((role) => office.browser(role)))),
    ];
    for (const kind of [...wholeCase, undefined]) {
      if (kind) await office.open(kind);
      else await office.settle();
      const c = await office.load();
      const links = office.player.linksTo(c);
      const mails = office.product.mailbox.listMails({ limit: 500 });
      // Of a long mailbox and many old links only the ends: the rest was looked at when it was new.
      const paths = addresses(c, links.slice(0, 2), mails.slice(0, 2), office);
      const before = office.state();
      for (const [index, visitor] of visitors.entries()) {
        for (const path of paths.filter((one) => index === 0 || !one.startsWith('/t/'))) {
          const route = path.replace(c.id, ':id').replace(/\/t\/[\w-]+/, '/t/:token');
          // Setting type takes longer than all the rest: once for each visitor.
          if (route.endsWith('.pdf') && drawn.has(`${index} ${path}`)) continue;
          const { status } = await visitor.get(path);
          if (status === 200) drawn.add(`${index} ${path}`);
          seen.set(route, (seen.get(route) ?? new Set()).add(status));
        }
      }
      for (const path of paths.filter((one) => !one.endsWith('.pdf')))
        await office.send(path, { method: 'HEAD' });
      expect(office.state() === before).toBe(true);
      expect((await office.load()).version).toBe(c.version);
      if (kind) expect((await office.answer(kind)).status).toBeLessThan(400);
    }
    expect((await office.load()).stage).toBe('invoiced');
    // Each was really reached, by somebody, at some time, and no visitor broke anything.
    const never = [...seen]
      .filter(([route]) => !/sign-out|callback|\/tasks\/|^\/$|^\/console$/.test(route))
      .filter(([, statuses]) => !statuses.has(200))
      .map(([route]) => route);
    expect(never).toEqual([`/console/cases?reference=:id`]);
    expect([...seen].filter(([, statuses]) => statuses.has(500)).map(([route]) => route)).toEqual([]);
  });
});
