import { sampleSettings } from '../../functions/case/sample-settings.ts';
import { scanForm } from '../../functions/case/web-fixes/scan-form.ts';
import type { WebFixes } from '../../functions/case/web-fixes/web-fixes.ts';
import type { FindingsView } from '../../functions/pages/console/findings-page.ts';
import type { DiffsView } from '../../functions/pages/console/fix-diffs-page.ts';
import type { FixesView } from '../../functions/pages/console/fixes-page.ts';
import { caseOf } from '../letters/samples.ts';
import { engineer, site, staff } from './samples.ts';

const c = caseOf();
const page = { site, reference: c.id, company: c.customer.company };

const fixes: WebFixes = {
  scan: 2,
  request: { phpTo: '8.2', phpFrom: '5.6', oldHosts: [], oldAddresses: [] },
  status: 'done',
  by: '技術 太郎',
  startedAt: '2026-12-01T01:00:00.000Z',
  finishedAt: '2026-12-01T01:04:00.000Z',
  approvals: [],
  result: {
    files: 12_804,
    read: 3_120,
    findings: 214,
    leftOut: 3,
    leftOutFirst: [
      { place: 'backup/<b>all</b>.sql.txt', why: '大きすぎます（1MB を超えるもの）' },
      { place: 'private/', why: 'フォルダの一覧が許可されていません' },
    ],
    cutShort: true,
    rules: 'sample-fixes-2026-11',
    groups: [
      {
        rule: 'old-path',
        severity: 'blocker',
        places: 61,
        files: 20,
        hours: 3.05,
        first: 'cgi-bin/mailform/設定.pl:12',
      },
      {
        rule: 'php-removed',
        severity: 'blocker',
        places: 122,
        files: 31,
        hours: 30.5,
        first: 'lib/db.php:8',
      },
      { rule: 'old-host', severity: 'warning', places: 31, files: 9, hours: 1.55, first: 'index.html:44' },
    ],
  },
};

export const fixesView: FixesView = {
  ...page,
  person: engineer,
  fixes,
  form: scanForm(c, sampleSettings),
  typed: { oldHosts: 'www12.old.example', phpTo: '8.2' },
  problems: { sourceRoot: '「/home/example/www」の形（半角）で入力してください。' },
  ordered: ['old-path'],
  approvable: true,
};

const { result: _, ...rest } = fixes;
export const failedFixesView: FixesView = {
  ...page,
  person: staff,
  fixes: { ...rest, status: 'failed', problem: 'ログインできませんでした。パスワードをご確認ください。' },
  ordered: [],
  approvable: false,
};

export const findingsView: FindingsView = {
  ...page,
  person: staff,
  page: 2,
  pages: 3,
  total: 214,
  findings: [
    {
      place: 'cgi-bin/mailform/very-long-directory-name-that-does-not-break/設定ファイル.pl:12',
      rule: 'old-path',
      severity: 'blocker',
      about: '/home/kyu/public_html',
      excerpt: "require '/home/kyu/public_html/cgi-bin/mailform/very-long-directory-name/jcode.pl';",
      hours: 0.05,
      automatic: true,
    },
    { place: 'lib/db.php:8', rule: 'php-removed', severity: 'warning', hours: 0.25, automatic: false },
  ],
};

export const diffsView: DiffsView = {
  ...page,
  person: engineer,
  scan: 2,
  page: 1,
  pages: 2,
  total: 12,
  approved: 1,
  message: '1ファイルの修正を承認しました。',
  problem: '承認するファイルを選んでください。',
  diffs: [
    {
      value: '3-0f',
      name: 'wp-config.php',
      fixes: ['データベースの接続設定（wp-config.php・.env）', '移行元サーバの絶対パス'],
      hunks: [
        {
          from: 21,
          count: 4,
          lines: [
            { sign: ' ', text: '/** データベース名 */' },
            { sign: '-', text: "define('DB_NAME', 'kyu_db');" },
            { sign: '+', text: "define('DB_NAME', 'shin_db');" },
            { sign: ' ', text: '' },
            {
              sign: '-',
              text: "require '/home/kyu/public_html/very/long/path/without/any/blank/settings.local.php';",
            },
            {
              sign: '+',
              text: "require '/var/www/shin/html/very/long/path/without/any/blank/settings.local.php';",
            },
          ],
        },
      ],
    },
    {
      value: '7-1a',
      name: 'index.cgi',
      fixes: ['スクリプトの 1 行目（#!）'],
      hunks: [
        {
          from: 1,
          count: 1,
          lines: [
            { sign: '-', text: '#!/usr/local/bin/perl' },
            { sign: '+', text: '#!/usr/bin/perl' },
          ],
        },
      ],
      approvedBy: '技術 太郎',
    },
  ],
};
