import { expect, test } from '@jest/globals';
import type { Case, Task } from '../../functions/case/case.ts';
import { invoiceFor } from '../../functions/case/invoice.ts';
import { extraQuote, formalQuote } from '../../functions/case/make-quote.ts';
import { sampleSettings } from '../../functions/case/sample-settings.ts';
import { now, sampleCase, sampleSurvey, submitted } from './sample-case.ts';

const settings = structuredClone(sampleSettings);
settings.quotes.prices.hourly = 1_005; // odd, so that rounding shows

const extraOrder = (generation: number, openedAt: string, decision: string, quote: string): Task => ({
  id: `extra-order.${generation}`,
  kind: 'extra-order',
  generation,
  status: 'completed',
  openedAt,
  dueAt: openedAt,
  remindersSent: 0,
  token: 'x',
  result: { decision, quote },
});

/** Three extra quotes: ordered, refused, ordered. */
function completed(): Case {
  const c = sampleCase({ stage: 'completed', survey: sampleSurvey() });
  const formal = formalQuote({ c, settings, now });
  c.quotes = [formal];
  for (const [index, decision] of ['order', 'refuse', 'order'].entries()) {
    const day = index + 1;
    const at = new Date(`2026-12-0${day}T00:00:00Z`);
    const quote = extraQuote({ c, settings, now: at, work: { description: `作業${day}`, hours: day } });
    c.quotes.push(quote);
    c.tasks.push(extraOrder(day, `2026-12-0${day}T00:00:01.000Z`, decision, quote.number));
  }
  c.forms = {
    order: submitted('order', {
      quoteSha256: formal.sha256,
      billingPerson: '髙﨑',
      billingAddress: '東京都',
      billingPostalCode: '123-4567',
    }),
    acceptance: submitted('acceptance', { passed: true }, '2026-12-09T15:30:00.000Z'),
    'acceptance-review': submitted('acceptance-review', { decision: 'accepted' }, '2026-12-11T01:00:00.000Z'),
  };
  return c;
}

test('R38: the invoice holds what was ordered, taxed once over everything, with the dates in Japan', () => {
  const c = completed();
  const invoice = invoiceFor(c, settings, new Date('2026-12-11T16:00:00Z'));
  expect(invoice).toMatchObject({
    invoiceId: `INV-${c.id}`,
    issuedOn: '2026-12-12',
    deliveredOn: '2026-12-10',
    acceptedOn: '2026-12-11',
    recipient: '髙﨑 様',
    billing: { postalCode: '123-4567', address: '東京都', person: '髙﨑' },
    issuer: { registrationNumber: expect.stringMatching(/^T\d{13}$/) },
  });
  expect(invoice.quotes.map((number) => number.slice(-2))).toEqual(['F1', 'X1', 'X3']);
  expect(invoice.lines.filter((line) => line.code === 'extra').map((line) => line.quantity)).toEqual([1, 3]);
  const base = 30_000 + 20_000 + 30_000 + 26_000 + 10_000 + 4 * 1_005;
  expect(invoice.taxes).toEqual([{ rate: 10, base, tax: Math.floor(base / 10) }]);
  expect(invoice.total).toBe(base + Math.floor(base / 10));
});

test('issued again, it is the same invoice', () => {
  const c = completed();
  const at = new Date('2026-12-11T02:00:00Z');
  expect(invoiceFor({ ...c, stage: 'invoiced' }, settings, at)).toEqual(invoiceFor(c, settings, at));
});

test.each([
  ['the review is missing', (c: Case) => delete c.forms['acceptance-review']],
  ['the certificate is missing', (c: Case) => delete c.forms.acceptance],
  ['the check failed', (c: Case) => (c.forms.acceptance!.value = { passed: false })],
  [
    'the certificate was returned',
    (c: Case) => (c.forms['acceptance-review']!.value = { decision: 'returned' }),
  ],
  ['the stage is another', (c: Case) => (c.stage = 'checking')],
  ['the quote is another', (c: Case) => (c.forms.order!.value = { quoteSha256: 'x' })],
  ['an extra quote is lost', (c: Case) => c.quotes.splice(1)],
])('nothing is billed when %s', (_, spoil) => {
  const c = completed();
  spoil(c);
  expect(() => invoiceFor(c, settings, now)).toThrow(expect.objectContaining({ name: 'IllegalStepError' }));
});
