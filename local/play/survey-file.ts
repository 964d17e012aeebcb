import { dayOf } from '../../functions/case/calendar.ts';
import type { Plan } from '../../functions/case/case.ts';
import { csvLine } from '../../functions/case/csv.ts';
import { surveyColumns } from '../../functions/case/survey-columns.ts';

type Cells = Partial<Record<(typeof surveyColumns)[number], string>>;

/** A survey report as an engineer fills it in for a web site, and for Cybozu where that moves too. */
export function surveyFile(
  now: Date,
  verdict: 'feasible' | 'not-feasible' = 'feasible',
  plans: readonly Plan[] = ['web'],
): string {
  const 日時 = `${dayOf(now)} 10:00`;
  const rows: Cells[] = [
    verdict === 'feasible'
      ? { 種別: '判定', 値: '可' }
      : { 種別: '判定', 値: '不可', 理由: 'サーバが老朽化しており、接続が安定しないため' },
    { 種別: '事実', 項目: 'Web容量(GB)', 値: '1.2', 方法: 'du -sk', 根拠: '/home/example', 日時 },
    { 種別: '事実', 項目: 'Webドメイン数', 値: '1', 方法: '設定の確認', 根拠: 'httpd.conf', 日時 },
    { 種別: '事実', 項目: 'PHP の版', 値: '7.4.33', 方法: 'php -v', 根拠: 'PHP 7.4.33 (cli)', 日時 },
    {
      種別: '指摘',
      項目: '古い関数',
      場所: 'lib/db.php:12',
      重要度: '注意',
      対処: 'mysqli に書き換える',
      工数: '1.5',
    },
    ...(plans.includes('cybozu') ? cybozuFacts(日時) : []),
    { 種別: '未調査', 項目: 'メールの転送設定', 理由: '管理画面に入れないため' },
  ];
  return [
    csvLine(surveyColumns),
    ...rows.map((row) => csvLine(surveyColumns.map((column) => row[column] ?? ''))),
  ].join('');
}

function cybozuFacts(日時: string): Cells[] {
  const fact = { 種別: '事実', 方法: '管理画面', 根拠: 'システム設定', 日時 };
  return [
    { ...fact, 項目: 'サイボウズ容量(GB)', 値: '2' },
    { ...fact, 項目: 'サイボウズ利用者数', 値: '20' },
  ];
}
