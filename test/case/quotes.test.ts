import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Case, Plan } from '../../functions/case/case.ts';
import { assess } from '../../functions/case/eligibility.ts';
import { extraQuote, formalQuote, simpleQuote } from '../../functions/case/make-quote.ts';
import { isUnaltered, type Quote, recipientOf } from '../../functions/case/quote.ts';
import { amountOf } from '../../functions/case/quote-lines.ts';
import { sampleSettings as settings } from '../../functions/case/sample-settings.ts';
import { taxTotals, totalOf } from '../../functions/case/tax.ts';
import { now, sampleCase, sampleSurvey, submitted } from './sample-case.ts';

const hearing = {
  sourceHost: 'www.example.jp',
  domains: ['a.jp', 'b.jp'],
  webGigabytes: 1.2,
  mailAccounts: 10,
  mailGigabytes: 3,
  databaseCount: 3,
  databaseGigabytes: 0.1,
  cybozuInUse: 'no',
  fixesWanted: 'consult',
};
const heard = (changes: Record<string, unknown> = {}, plans: Plan[] = ['web', 'mail']): Case =>
  sampleCase({ plans, forms: { 'hearing-sheet': submitted('hearing-sheet', { ...hearing, ...changes }) } });

function quoted(c: Case, rules = settings): Quote {
  const quote = simpleQuote({ c, settings: rules, now });
  if ('consultation' in quote) throw new Error(quote.consultation);
  return quote;
}

const amounts = (quote: Quote) => quote.lines.map((line) => [line.code, line.quantity, line.amount]);
const everything = (quote: Quote) =>
  [quote.scope, quote.exclusions, quote.assumptions, quote.notes].flat().join('\n');

test('R27: the simple quote is priced by the hearing sheet; only the chosen plans count', () => {
  const quote = quoted(heard());
  expect(amounts(quote)).toEqual([
    ['base', 1, 30_000],
    ['survey', 1, 20_000],
    ['web', 1, 30_000],
    ['web-gigabytes', 2, 4_000],
    ['web-domains', 1, 5_000],
    ['mail', 1, 20_000],
    ['mail-gigabytes', 3, 3_000],
    ['mail-accounts', 10, 15_000],
  ]);
  expect(quote).toMatchObject({
    taxes: [{ rate: 10, base: 127_000, tax: 12_700 }],
    total: 139_700,
    recipient: '株式会社髙﨑商店 御中',
    rules: 'sample-2026-11',
    sample: true,
    validUntil: '2026-12-24T14:59:59.999Z',
  });
  expect(quote.number).toMatch(/^HK-.{4}-.{4}-S1$/);
});

test('R28, R15: the simple quote says that it cannot be ordered from and that a survey may end in declining', () => {
  const { notes } = quoted(heard());
  expect(notes).toContain('本見積ではお申し込みいただけません。');
  expect(notes.join()).toContain('お引き受けできない場合があります');
  expect(notes.join()).not.toContain('お申込み方法');
});

test('R31, R32: the formal quote is priced by what was measured, and says how to order', () => {
  const c = heard({}, ['web', 'database']);
  const findings = [
    { item: '古い関数', location: 'a.php:1', severity: 'blocker' as const, remedy: '直す', hours: 1.5 },
  ];
  const quote = formalQuote({
    c: { ...c, survey: sampleSurvey(['web'], { findings }) },
    settings,
    now,
    additions: { extraHours: 2, extraLabel: '調整作業' },
  });
  expect(amounts(quote)).toEqual([
    ['base', 1, 30_000],
    ['survey', 1, 20_000],
    ['web', 1, 30_000],
    ['web-gigabytes', 13, 26_000],
    ['web-domains', 2, 10_000],
    ['database', 1, 20_000],
    ['database-gigabytes', 1, 3_000], // from the hearing sheet: not measured
    ['databases', 2, 10_000],
    ['fixes', 1.5, 18_000],
    ['additional', 2, 24_000],
  ]);
  expect(quote.notes.join('\n')).toMatch(
    /お申込み方法：.*2026年12月24日\(木\) 23:59まで[\s\S]*キャンセル／変更はできません/,
  );
  expect(quote.scope).toContain('調整作業');
});

test('a fix to a database is called one, and leaves fixes to web data excluded', () => {
  const finding = {
    item: 'shop: 文字化け',
    location: '',
    severity: 'blocker' as const,
    remedy: '直す',
    hours: 1,
  };
  const c = {
    ...heard({}, ['web', 'database']),
    survey: sampleSurvey(['web'], { findings: [finding] }),
    databaseSurvey: { at: '', by: '', facts: [], findings: [finding], notSurveyed: [] },
  };
  const quote = formalQuote({ c, settings, now });
  expect(quote.lines.at(-1)).toMatchObject({ code: 'fixes', label: 'DB データの修正：shop: 文字化け' });
  expect(quote.exclusions).toContain('データ移行に伴い発生する Web データの修正');
});

test('R9: fixes that the customer does not want are excluded, not charged', () => {
  const findings = [
    { item: '古い関数', location: '', severity: 'blocker' as const, remedy: '直す', hours: 8 },
  ];
  const quote = formalQuote({
    c: { ...heard({ fixesWanted: 'no' }, ['web']), survey: sampleSurvey(['web'], { findings }) },
    settings,
    now,
  });
  expect(quote.lines.map((line) => line.code)).not.toContain('fixes');
  expect(quote.exclusions).toContain('データ移行に伴い発生する Web データの修正');
});

test('no formal quote without a survey, against its verdict, or with a size unknown', () => {
  expect(() => formalQuote({ c: heard(), settings, now })).toThrow('環境調査');
  expect(() =>
    formalQuote({
      c: sampleCase({ survey: sampleSurvey(['web'], { feasible: false, reason: 'x' }) }),
      settings,
      now,
    }),
  ).toThrow('お引き受けできない');
  const c = sampleCase({ plans: ['web', 'cybozu'], survey: sampleSurvey(['web']) });
  expect(() => formalQuote({ c, settings, now })).toThrow(
    expect.objectContaining({
      name: 'InvalidInputError',
      fields: { '': expect.stringContaining('サイボウズ利用者数') },
    }),
  );
});

test('R17: extra work has a quote of its own, by the hour', () => {
  const quote = extraQuote({ c: heard(), settings, now, work: { description: '画像の修正', hours: 3 } });
  expect(quote).toMatchObject({
    kind: 'extra',
    total: 39_600,
    scope: ['追加作業：画像の修正'],
    validUntil: '2026-12-08T14:59:59.999Z',
  });
  expect(quote.number).toMatch(/-X1$/);
  expect(() => extraQuote({ c: heard(), settings, now, work: { description: 'x', hours: 0 } })).toThrow(
    '時間',
  );
});

test('numbers count on within their kind', () => {
  const c = heard();
  c.quotes.push(quoted(c));
  c.survey = sampleSurvey(['web', 'mail']);
  expect([quoted(c).number.slice(-2), formalQuote({ c, settings, now }).number.slice(-2)]).toEqual([
    'S2',
    'F1',
  ]);
});

test('R10: where Cybozu moves, its installation is said to be a separate application', () => {
  expect(
    everything(quoted(heard({ cybozuInUse: 'yes', cybozuGigabytes: 1, cybozuUsers: 5 }, ['cybozu']))),
  ).toContain('サイボウズ®Office インストール作業');
});

test.each([
  ['managed', false, ['cybozu'], false, 'ok'],
  ['managed', false, ['web'], true, 'ok'],
  ['smile', false, ['web'], false, 'ok'],
  ['smile', false, ['web'], true, 'ok'],
  ['smile', true, ['web'], true, 'consultation'],
  ['smile', true, ['cybozu'], false, 'consultation'],
  ['smile', true, ['web'], false, 'ok'],
] as const)(
  'R8, R11: %s, platform migration %s, %j, Cybozu in use %s: %s',
  (serverKind, platformMigration, plans, cybozuInUse, verdict) => {
    expect(assess({ serverKind, platformMigration, plans, cybozuInUse })).toBe(verdict);
  },
);

test('R8: Cybozu never goes to a Smile Server', () => {
  expect(
    assess({ serverKind: 'smile', platformMigration: false, plans: ['cybozu'], cybozuInUse: true }),
  ).toHaveProperty('refused');
  expect(
    assess({ serverKind: 'managed', platformMigration: false, plans: [], cybozuInUse: false }),
  ).toHaveProperty('refused');
});

test('R11 and sizes beyond the limits go to staff; after the consultation it is quoted', () => {
  const migrating = heard({ cybozuInUse: 'yes' }, ['web']);
  migrating.customer = { ...migrating.customer, serverKind: 'smile', platformMigration: true };
  for (const c of [
    migrating,
    heard({ webGigabytes: 498 }),
    heard({ mailAccounts: 301 }),
    heard({ webGigabytes: undefined }),
  ]) {
    expect(simpleQuote({ c, settings, now })).toEqual({ consultation: expect.any(String) });
    c.forms.consultation = submitted('consultation', { decision: 'continue' }, '2026-11-25T00:00:00.000Z');
    expect(quoted(c).kind).toBe('simple');
  }
  expect(quoted(heard({ webGigabytes: 497 })).kind).toBe('simple');
  expect(quoted(heard({ databaseCount: 9_999 })).kind).toBe('simple'); // not a chosen plan
});

test('the seal holds over any storage, and breaks with any change', () => {
  const quote = quoted(heard());
  const stored = JSON.parse(JSON.stringify(quote)) as Quote;
  expect(isUnaltered(Object.fromEntries(Object.entries(stored).reverse()) as unknown as Quote)).toBe(true);
  expect(isUnaltered({ ...quote, total: quote.total - 1 })).toBe(false);
  expect(isUnaltered({ ...quote, notes: quote.notes.slice(1) })).toBe(false);
});

test('recipients: a company 御中, a person 様, kept as typed', () => {
  expect([
    recipientOf({ company: '㈱髙﨑', person: '𠮷田' }),
    recipientOf({ company: ' ', person: '𠮷田' }),
  ]).toEqual(['㈱髙﨑 御中', '𠮷田 様']);
});

test('105 yen three times at 10 % is 31 yen of tax, not 30; rates apart, highest first', () => {
  const line = { amount: 105, taxRate: 10 };
  expect(taxTotals([line, line, line])).toEqual([{ rate: 10, base: 315, tax: 31 }]);
  expect(taxTotals([{ amount: 99, taxRate: 8 }, line, { amount: 1, taxRate: 8 }])).toEqual([
    { rate: 10, base: 105, tax: 10 },
    { rate: 8, base: 100, tax: 8 },
  ]);
  expect(() => taxTotals([{ amount: 0.5, taxRate: 10 }])).toThrow(RangeError);
});

test('tax is whole, never above the exact tax, and less than a yen below it for each rate', () => {
  const lines = fc.array(fc.record({ amount: fc.nat(10_000_000), taxRate: fc.constantFrom(0, 8, 10) }), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(lines, (lines) => {
      const taxes = taxTotals(lines);
      expect(totalOf(taxes)).toBe(
        lines.reduce((sum, { amount }) => sum + amount, 0) + taxes.reduce((sum, { tax }) => sum + tax, 0),
      );
      for (const { rate, base, tax } of taxes) {
        expect(Number.isInteger(tax) && tax * 100 <= base * rate && base * rate - tax * 100 < 100).toBe(true);
      }
    }),
  );
});

test('broken quantities lose nothing to binary fractions', () => {
  expect([amountOf(0.29, 100), amountOf(1.1, 12_000), amountOf(0.01, 99)]).toEqual([29, 13_200, 0]);
  expect(() => amountOf(1e12, 1e9)).toThrow(RangeError);
});
