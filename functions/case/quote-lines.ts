import type { Plan } from './case.ts';
import type { Quantities } from './quantities.ts';
import type { QuoteLine } from './quote.ts';
import type { Settings } from './settings.ts';

/** Hours of work at the hourly price: fixes to web data (R9), staff's additions, work outside the quote (R17). */
export interface Work {
  code: 'fixes' | 'additional' | 'extra';
  label: string;
  hours: number;
}

/** Base, survey, one block a plan, then hours. Lines without a quantity are left out. */
export function quoteLines(
  plans: readonly Plan[],
  known: Quantities,
  works: readonly Work[],
  settings: Settings,
): QuoteLine[] {
  const { prices } = settings.quotes;
  const add = lineMaker(settings);
  const lines = [
    add('base', '基本料金', 1, '式', prices.base),
    add('survey', '事前の環境調査', 1, '式', prices.survey),
  ];
  if (plans.includes('web')) {
    lines.push(
      add('web', 'Web データ移行（基本、1ドメイン分を含む）', 1, '式', prices.web.base),
      add(
        'web-gigabytes',
        'Web データ移行（容量）',
        started(known.webGigabytes),
        'GB',
        prices.web.perGigabyte,
      ),
      add(
        'web-domains',
        'Web データ移行（追加ドメイン）',
        further(known.webDomains),
        '件',
        prices.web.perDomain,
      ),
    );
  }
  if (plans.includes('database')) {
    const { base, perGigabyte, perDatabase } = prices.database;
    lines.push(
      add('database', 'DB データ移行（基本、1個分を含む）', 1, '式', base),
      add('database-gigabytes', 'DB データ移行（容量）', started(known.databaseGigabytes), 'GB', perGigabyte),
      add('databases', 'DB データ移行（追加データベース）', further(known.databaseCount), '個', perDatabase),
    );
  }
  if (plans.includes('mail')) {
    lines.push(
      add('mail', 'メールデータ移行（基本）', 1, '式', prices.mail.base),
      add(
        'mail-gigabytes',
        'メールデータ移行（容量）',
        started(known.mailGigabytes),
        'GB',
        prices.mail.perGigabyte,
      ),
      add(
        'mail-accounts',
        'メールデータ移行（アカウント）',
        known.mailAccounts ?? 0,
        '個',
        prices.mail.perAccount,
      ),
    );
  }
  if (plans.includes('cybozu')) {
    const { base, perGigabyte, perUser } = prices.cybozu;
    lines.push(
      add('cybozu', 'サイボウズデータ移行（基本）', 1, '式', base),
      add(
        'cybozu-gigabytes',
        'サイボウズデータ移行（容量）',
        started(known.cybozuGigabytes),
        'GB',
        perGigabyte,
      ),
      add('cybozu-users', 'サイボウズデータ移行（利用者）', known.cybozuUsers ?? 0, '名', perUser),
    );
  }
  return [...lines, ...workLines(works, settings)].filter((line) => line.quantity > 0);
}

export function workLines(works: readonly Work[], settings: Settings): QuoteLine[] {
  const add = lineMaker(settings);
  return works
    .filter(({ hours }) => hours > 0)
    .map(({ code, label, hours }) => add(code, label, hours, '時間', settings.quotes.prices.hourly));
}

function lineMaker(settings: Settings) {
  const rates: Record<string, number> = settings.quotes.taxRates;
  return (code: string, label: string, quantity: number, unit: string, unitPrice: number): QuoteLine => ({
    code,
    label,
    quantity,
    unit,
    unitPrice,
    amount: amountOf(quantity, unitPrice),
    taxRate: rates[code] ?? settings.quotes.taxRates.default,
  });
}

/** In hundredths of a unit, so that 0.29 x 100 is 29 and not 28; rounded down to a yen. */
export function amountOf(quantity: number, unitPrice: number): number {
  const amount = Math.floor((Math.round(quantity * 100) * unitPrice) / 100);
  if (!Number.isSafeInteger(amount) || amount < 0) throw new RangeError('an amount is out of bounds');
  return amount;
}

/** A started gigabyte counts. */
function started(gigabytes = 0): number {
  return Math.ceil(gigabytes);
}

/** The first one is in the base price. */
function further(count = 0): number {
  return Math.max(0, count - 1);
}
