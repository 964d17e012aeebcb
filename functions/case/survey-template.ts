import type { Case } from './case.ts';
import { csvLine } from './csv.ts';
import { databaseSurveyRows } from './database-survey.ts';
import { type Quantity, quantities, surveyQuantities } from './quantities.ts';
import { exampleMark, surveyColumns } from './survey-columns.ts';
import { surveyRows } from './web-fixes/survey-rows.ts';

/**
 * The file that an engineer downloads, fills in and hands back: the columns, the sizes that the quote needs, what the search
 * for fixes (R9) and the look at the databases have found, and an example of every kind of row. UTF-8 with a byte order
 * mark, which spreadsheets need to read Japanese. Verdict, sizes and how they were measured are left empty, and examples are
 * marked as such: what nobody surveyed is neither reported nor quoted.
 */
export function surveyTemplate(c: Pick<Case, 'plans' | 'updatedAt' | 'webFixes' | 'databaseSurvey'>): string {
  const surveyed = surveyQuantities({ facts: c.databaseSurvey?.facts ?? [] });
  const measured = (Object.keys(quantities) as Quantity[])
    .filter((name) => c.plans.includes(quantities[name].plan) && surveyed[name] === undefined)
    .map((name) => row({ 種別: '事実', 項目: quantities[name].item }));
  return [
    `\ufeff${csvLine(surveyColumns)}`,
    row({ 種別: '判定', 理由: '値に「可」か「不可」を入力。不可の場合は、お客さまへの理由をここに入力' }),
    ...measured,
    ...surveyRows(c.webFixes).map(row),
    ...databaseSurveyRows(c.databaseSurvey).map(row),
    ...examples.map((cells) => row({ ...cells, 種別: `${exampleMark}：${cells.種別}` })),
  ].join('');
}

type Cells = Partial<Record<(typeof surveyColumns)[number], string>>;

const examples: Cells[] = [
  {
    種別: '事実',
    項目: 'PHP の版',
    値: '7.4.33',
    方法: 'php -v',
    根拠: 'PHP 7.4.33 (cli)',
    日時: '2026-11-24 10:00',
  },
  {
    種別: '指摘',
    項目: '古い関数',
    場所: 'lib/db.php:12',
    重要度: '注意',
    対処: 'mysqli に書き換える',
    工数: '1.5',
  },
  { 種別: '未調査', 項目: 'メールの転送設定', 理由: '管理画面に入れないため' },
];

function row(cells: Cells): string {
  return csvLine(surveyColumns.map((column) => cells[column] ?? ''));
}
