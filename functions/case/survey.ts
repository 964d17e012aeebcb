import type { Plan } from './case.ts';
import { CsvError, type CsvRow, parseCsv, withoutFormula } from './csv.ts';
import { InvalidInputError } from './errors.ts';
import { instantOf } from './fields/dates.ts';
import { decimal } from './fields/numbers.ts';
import { measuredNumber, missingItems, quantityOf, surveyQuantities } from './quantities.ts';
import { exampleMark, severityWords, surveyColumns } from './survey-columns.ts';
import { decodeSurvey } from './survey-encoding.ts';
import type { FixSeverity } from './web-fixes/effort.ts';
import { type FixRule, isFixRule } from './web-fixes/rules.ts';

export { surveyTemplate } from './survey-template.ts';

/** 環境調査報告: facts only; no credential and no content of the customer's data (R24). */
export interface SurveyReport {
  feasible: boolean;
  /** Why not, for the customer, when not feasible (R15). */
  reason?: string;
  facts: { item: string; value: string; method: string; evidence: string; at: string }[];
  findings: {
    item: string;
    /** `path/to/file.php:12` or ''. */
    location: string;
    severity: FixSeverity;
    remedy: string;
    hours: number;
    /** The rule of the scanner that it is about: its fixes may be approved once they are ordered (R9). */
    rule?: FixRule;
  }[];
  notSurveyed: { item: string; reason: string }[];
}

type Column = (typeof surveyColumns)[number];

const limits = { rows: 5_001, columns: 20, cell: 2_000 };
const mostSentences = 50;
/** JSON, in UTF-8. The case keeps the report, and an item of DynamoDB holds 400 KB with everything else. */
const largestReport = 200_000;
const severities = new Map<string, FixSeverity>(
  Object.entries(severityWords).flatMap(([severity, word]) =>
    [word, severity].map((name) => [name, severity as FixSeverity] as const),
  ),
);

/**
 * The report that the engineer's CSV file holds (R30). Row kinds: 判定 (feasible or not, exactly one), 事実 (a fact),
 * 指摘 (a finding), 未調査 (what could not be surveyed), 例 (the template's examples: left out). With `plans`, a feasible report must measure what their prices
 * depend on. Throws InvalidInputError: `fields` maps `12行目` to a sentence, up to 50, and '' to what concerns the file.
 */
export function parseSurveyReport(bytes: Uint8Array, plans: readonly Plan[] = []): SurveyReport {
  const rows = readRows(decodeSurvey(bytes));
  const report: SurveyReport = { feasible: false, facts: [], findings: [], notSurveyed: [] };
  const wrong = new Map<string, string>();
  let verdicts = 0;
  for (const { line, of } of rows) {
    const refuse = (sentence: string) => wrong.size < mostSentences && wrong.set(`${line}行目`, sentence);
    const sentence = readRow(of, report);
    if (sentence) refuse(sentence);
    if (of('種別') !== '判定') continue;
    verdicts += 1;
    if (verdicts > 1) refuse('「判定」の行は1つだけにしてください。');
  }
  if (verdicts === 0) wrong.set('', '「判定」の行を1つ入れ、値に「可」か「不可」を入力してください。');
  else if (report.feasible && wrong.size === 0) {
    const missing = missingItems(plans, surveyQuantities(report));
    if (missing.length > 0)
      wrong.set('', `お見積もりに必要な「事実」の行がありません：${missing.join('、')}`);
  }
  if (Buffer.byteLength(JSON.stringify(report)) > largestReport)
    wrong.set('', '報告が大きすぎます。事実と指摘を要点にしぼり、全体を 200KB 以内にしてください。');
  if (wrong.size > 0)
    throw new InvalidInputError(
      '環境調査報告に誤りがあります。直してもう一度お送りください。',
      Object.fromEntries(wrong),
    );
  return report;
}

interface Row {
  line: number;
  of: (column: Column) => string;
}

function readRows(text: string): Row[] {
  const fail = (line: number, sentence: string) =>
    new InvalidInputError('環境調査報告を読み取れませんでした。', { [`${line}行目`]: sentence });
  let rows: CsvRow[];
  try {
    rows = parseCsv(text, limits);
  } catch (error) {
    if (error instanceof CsvError) throw fail(error.line, error.message);
    throw error;
  }
  const [header, ...body] = rows;
  const names = header?.cells.map((cell) => cell.normalize('NFKC').trim()) ?? [];
  if (!header || !names.includes('種別'))
    throw fail(1, `1行目に列の名前を入れてください：${surveyColumns.join(',')}`);
  const strange = names.filter((name) => name && !(surveyColumns as readonly string[]).includes(name));
  if (strange.length > 0)
    throw fail(header.line, `知らない列があります：${strange.join('、').slice(0, 200)}`);
  if (new Set(names).size < names.filter(Boolean).length)
    throw fail(header.line, '同じ名前の列が2つあります。');
  return body
    .filter(({ cells }) => cells.some((cell) => cell.trim()))
    .map(({ line, cells }): Row => ({ line, of: (column) => (cells[names.indexOf(column)] ?? '').trim() }))
    .filter(({ of }) => !of('種別').startsWith(exampleMark));
}

/** Adds the row to the report, or says what is wrong with it. */
function readRow(of: Row['of'], report: SurveyReport): string | undefined {
  for (const column of surveyColumns) {
    if (/[^\P{Cc}\n\t]|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(of(column)))
      return `「${column}」に使えない文字（制御文字）があります。`;
    if (of(column).includes('-----BEGIN'))
      return `「${column}」に鍵があります。接続の情報は報告に書かないでください。`;
  }
  const cell = (column: Column) => withoutFormula(of(column));
  const needs = (...columns: Column[]) => {
    const empty = columns.filter((column) => !of(column));
    return empty.length > 0 ? `「${empty.join('」「')}」を入力してください。` : undefined;
  };
  switch (of('種別')) {
    case '判定': {
      if (of('値') !== '可' && of('値') !== '不可') return '「値」に「可」か「不可」を入力してください。';
      report.feasible = of('値') === '可';
      if (report.feasible) return undefined;
      report.reason = cell('理由');
      return needs('理由');
    }
    case '事実': {
      const missing = needs('項目', '値', '方法', '根拠', '日時');
      const at = instantOf(of('日時'));
      if (missing) return missing;
      if (!at) return '「日時」を「2026-11-24 10:00」の形で入力してください。';
      if (quantityOf(of('項目')) && measuredNumber(of('値')) === undefined)
        return '「値」を数字で入力してください。例：12.5';
      report.facts.push({
        item: cell('項目'),
        value: cell('値'),
        method: cell('方法'),
        evidence: cell('根拠'),
        at,
      });
      return undefined;
    }
    case '指摘': {
      const severity = severities.get(of('重要度').normalize('NFKC').toLowerCase());
      const hours = of('工数') ? decimal(0, 1_000).safeParse(of('工数')) : undefined;
      const missing = needs('項目', '重要度', '対処');
      if (missing) return missing;
      if (!severity) return '「重要度」に「情報」「注意」「重大」のどれかを入力してください。';
      if (hours && !hours.success) return '「工数」を時間で入力してください。例：1.5';
      const rule = of('値');
      if (rule && !isFixRule(rule)) return '「値」は、ひな形にあるもののほかは空欄にしてください。';
      const remedy = cell('対処');
      report.findings.push({
        item: cell('項目'),
        location: cell('場所'),
        severity,
        remedy,
        hours: hours?.data ?? 0,
        ...(isFixRule(rule) && { rule }),
      });
      return undefined;
    }
    case '未調査': {
      report.notSurveyed.push({ item: cell('項目'), reason: cell('理由') });
      return needs('項目', '理由');
    }
    default:
      return '「種別」に「判定」「事実」「指摘」「未調査」のどれかを入力してください。';
  }
}
