import type { Case } from './case.ts';
import { validUntil } from './deadlines.ts';
import { assess } from './eligibility.ts';
import { IllegalStepError, InvalidInputError } from './errors.ts';
import { hearingQuantities, missingItems, ofPlans, type Quantities, surveyQuantities } from './quantities.ts';
import { nextQuoteNumber, type Quote, recipientOf, sealQuote } from './quote.ts';
import { quoteLines, type Work, workLines } from './quote-lines.ts';
import { assumptionsOf, exclusionsOf, extraTexts, formalNotes, scopeOf, simpleNotes } from './quote-texts.ts';
import type { Settings } from './settings.ts';
import { taxTotals, totalOf } from './tax.ts';
import { chosenOffers } from './web-fixes/ordered.ts';

interface Request {
  c: Case;
  settings: Settings;
  now: Date;
}

/**
 * The quote from the hearing sheet (R27), or why staff must talk with the customer first: Cybozu on a platform that is
 * being migrated (R11), sizes beyond the limits of the settings. Once they have talked, it is quoted as it stands.
 */
export function simpleQuote({ c, settings, now }: Request): Quote | { consultation: string } {
  const hearing = c.forms['hearing-sheet'];
  if (!hearing) throw new IllegalStepError('ヒアリングシートがまだ提出されていません。');
  const known = ofPlans(c.plans, hearingQuantities(c));
  if (!c.forms.consultation) {
    const consultation = reasonToConsult(c, known, settings);
    if (consultation) return { consultation };
  }
  const until = validUntil(settings.quotes.simpleValidDays, now);
  return compose({ c, settings, now }, 'simple', until, quoteLines(c.plans, known, [], settings), {
    scope: scopeOf(c),
    exclusions: exclusionsOf(c, false),
    assumptions: assumptionsOf(c, known, false, settings),
    notes: simpleNotes(),
  });
}

/** Hours that staff add when they review a formal quote: work that the survey did not put into hours. */
export interface Additions {
  extraHours?: number;
  extraLabel?: string;
}

/**
 * The quote from the survey (R31). Sizes are the measured ones, the customer's where nothing was measured.
 * Throws InvalidInputError when a size is in neither, IllegalStepError without a survey or when it says: not feasible.
 */
export function formalQuote({
  c,
  settings,
  now,
  additions = {},
}: Request & { additions?: Additions }): Quote {
  if (!c.survey) throw new IllegalStepError('環境調査の報告がまだありません。');
  if (!c.survey.feasible) throw new IllegalStepError('環境調査の結果、お引き受けできない案件です。');
  const known = ofPlans(c.plans, { ...hearingQuantities(c), ...surveyQuantities(c.survey) });
  const missing = missingItems(c.plans, known);
  if (missing.length > 0) {
    throw new InvalidInputError('お見積もりに必要な数値が足りません。', {
      '': `環境調査報告に次の事実を追加してください：${missing.join('、')}`,
    });
  }
  const fixes = chosenOffers(c).map(
    ({ label, hours }): Work => ({ code: 'fixes', label: `${fixedData(c, label)}の修正：${label}`, hours }),
  );
  const works: Work[] = [
    ...fixes,
    { code: 'additional', label: additions.extraLabel ?? '追加作業', hours: additions.extraHours ?? 0 },
  ];
  const until = validUntil(settings.quotes.formalValidDays, now);
  return compose({ c, settings, now }, 'formal', until, quoteLines(c.plans, known, works, settings), {
    scope: [...scopeOf(c), ...works.filter(({ hours }) => hours > 0).map(({ label }) => label)],
    exclusions: exclusionsOf(
      c,
      fixes.some(({ label }) => label.startsWith(webData)),
    ),
    assumptions: assumptionsOf(c, known, true, settings),
    notes: formalNotes(until),
  });
}

const webData = 'Web データ';

/** What a fix is about: the look at the databases tells its findings apart. */
function fixedData({ databaseSurvey }: Case, finding: string): string {
  return databaseSurvey?.findings.some(({ item }) => item === finding) ? 'DB データ' : webData;
}

/** Work outside the formal quote (R17), assessed by the engineer; valid as long as the step that answers it is open. */
export function extraQuote({
  c,
  settings,
  now,
  work,
}: Request & { work: { description: string; hours: number } }): Quote {
  const until = validUntil(settings.deadlines['extra-order'].days, now);
  const lines = workLines([{ code: 'extra', label: '追加作業', hours: work.hours }], settings);
  if (lines.length === 0)
    throw new InvalidInputError('追加作業の時間がありません。', { hours: '1時間以上を入力してください。' });
  return compose({ c, settings, now }, 'extra', until, lines, extraTexts(work.description, until));
}

function compose(
  { c, settings, now }: Request,
  kind: Quote['kind'],
  until: Date,
  lines: Quote['lines'],
  texts: Pick<Quote, 'scope' | 'exclusions' | 'assumptions' | 'notes'>,
): Quote {
  const taxes = taxTotals(lines);
  return sealQuote({
    number: nextQuoteNumber(c, kind),
    kind,
    issuedAt: now.toISOString(),
    validUntil: until.toISOString(),
    issuer: settings.issuer,
    recipient: recipientOf(c.customer),
    ...texts,
    lines,
    taxes,
    total: totalOf(taxes),
    rules: settings.version,
    sample: settings.sample,
  });
}

function reasonToConsult(c: Case, known: Quantities, settings: Settings): string | undefined {
  const cybozuInUse = c.forms['hearing-sheet']?.value.cybozuInUse === 'yes';
  const verdict = assess({ ...c.customer, plans: c.plans, cybozuInUse });
  if (verdict === 'consultation')
    return 'プラットフォーム移行の対象で、サイボウズをご利用中です（仕様書 2.1 ※2）。';
  if (verdict !== 'ok') return verdict.refused;
  const { limits } = settings.quotes;
  const { quotaGigabytes } = settings.targets[c.customer.serverKind];
  const { webGigabytes = 0, databaseGigabytes = 0, mailGigabytes = 0, cybozuGigabytes = 0 } = known;
  const gigabytes = webGigabytes + databaseGigabytes + mailGigabytes + cybozuGigabytes;
  const over = [
    ...(gigabytes > limits.gigabytes ? [`容量の合計 ${gigabytes}GB（上限 ${limits.gigabytes}GB）`] : []),
    ...(gigabytes > quotaGigabytes ? [`容量の合計 ${gigabytes}GB（移行先の容量 ${quotaGigabytes}GB）`] : []),
    ...((known.mailAccounts ?? 0) > limits.mailAccounts ? [`メールアカウント ${known.mailAccounts}個`] : []),
    ...((known.databaseCount ?? 0) > limits.databases ? [`データベース ${known.databaseCount}個`] : []),
  ];
  const missing = missingItems(c.plans, known);
  if (over.length > 0) return `自動でお見積もりできる規模を超えています：${over.join('、')}`;
  return missing.length > 0 ? `規模が分かりません：${missing.join('、')}` : undefined;
}
