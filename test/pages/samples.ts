import { documentsFor } from '../../functions/case/documents.ts';
import { acceptKeyForm, accessAgainForm } from '../../functions/case/forms/connection-forms.ts';
import { formFor, newCaseForm } from '../../functions/case/forms/index.ts';
import { sampleSettings } from '../../functions/case/sample-settings.ts';
import type { TaskKind } from '../../functions/case/tasks.ts';
import type { ReceivedView } from '../../functions/pages/after-submit-pages.ts';
import type { CasePageView } from '../../functions/pages/console/case-page.ts';
import { caseViewOf } from '../../functions/pages/console/case-view.ts';
import type { ConnectionView } from '../../functions/pages/console/connections-card.ts';
import type { FormPageView } from '../../functions/pages/form-page.ts';
import { siteOf } from '../../functions/pages/site.ts';
import type { TransferProgress } from '../../functions/pages/transfer-view.ts';
import { caseOf, quoteOf } from '../letters/samples.ts';

export const now = new Date('2026-12-08T04:00:00.000Z');
export const site = siteOf(sampleSettings, 'managed');
export const staff = { role: 'staff', name: '佐藤 花子' } as const;
export const engineer = { role: 'engineer', name: '鈴木 一郎' } as const;
export const finance = { role: 'finance', name: '田中 実' } as const;

export const documents = documentsFor('managed', sampleSettings).map(({ title, revision, date, sha256 }) => ({
  title,
  revision,
  date,
  href: `/documents/${sha256}`,
}));

/** A customer's step with its real form. */
export function formView(kind: TaskKind, changes: Partial<FormPageView> = {}): FormPageView {
  const c = caseOf();
  const { company, person, serverKind } = c.customer;
  return {
    site,
    kind,
    serverKind,
    reference: c.id,
    draft: `${c.id}/${kind}.1`,
    company,
    person,
    dueAt: '2026-12-18T14:59:59.999Z',
    form: formFor(kind, c, sampleSettings, now),
    ...changes,
  };
}

export const received: ReceivedView = {
  site,
  kind: 'consent',
  draft: 'HK-7K3M-Q2T9/consent.1',
  title: '同意書',
  reference: 'HK-7K3M-Q2T9',
  company: caseOf().customer.company,
  person: '𠮷田 﨑子',
  receivedAt: '2026-12-08T03:30:00.000Z',
  answers: [
    {
      title: '確認と同意',
      answers: [
        { label: 'データのバックアップを行いました', value: 'はい' },
        { label: 'バックアップした日', value: '2026年12月7日（月）' },
      ],
    },
  ],
};

export const progress: TransferProgress = {
  plan: 'mail',
  run: 1,
  phase: 'コピー',
  startedAt: '2026-12-08T03:00:00.000Z',
  objects: { done: 81_203, total: 146_000 },
  bytes: { done: 5_400_000_000, total: 12_100_000_000 },
};

/** A case in full: everything that a colleague can be shown. */
export function casePageView(changes: Partial<CasePageView> = {}): CasePageView {
  const c = caseOf({
    stage: 'migrating',
    documents: documentsFor('managed', sampleSettings).map(({ id, title, revision, sha256 }) => {
      return { flow: 'order', id, title, revision, sha256, shownAt: '2026-11-27T01:00:00.000Z' };
    }),
    problems: [
      {
        plan: 'mail',
        run: 1,
        error: 'TerminalError',
        message: '移行元のメールサーバがパスワードを受け付けません（IMAP、info@example.jp）。',
        at: now.toISOString(),
      },
    ],
    erasures: [{ at: '2026-11-20T09:00:00.000Z', reason: 'survey-closed', objects: 42, secrets: 3 }],
    survey: {
      feasible: true,
      facts: [
        {
          item: 'PHP の版',
          value: '5.6.40',
          method: 'phpinfo()',
          evidence: 'info.php',
          at: '2026-11-18T02:00:00.000Z',
        },
      ],
      findings: [
        {
          item: 'mysql_connect は PHP 8 にありません',
          location: 'public_html/inc/db.php:12',
          severity: 'warning',
          remedy: 'mysqli に書き換え',
          hours: 3,
        },
      ],
      notSurveyed: [{ item: 'メーリングリスト', reason: '管理画面に入れないため' }],
    },
    tasks: [
      {
        id: 'transfer-problem.1',
        kind: 'transfer-problem',
        generation: 1,
        status: 'open',
        openedAt: now.toISOString(),
        dueAt: '2026-12-08T03:00:00.000Z',
        remindersSent: 0,
        token: 'TASK-TOKEN-THAT-NOBODY-MAY-SEE',
      },
      {
        id: 'order-review.1',
        kind: 'order-review',
        generation: 1,
        status: 'completed',
        openedAt: '2026-11-28T02:00:00.000Z',
        dueAt: '2026-12-02T14:59:59.999Z',
        remindersSent: 1,
        token: 'ANOTHER-TOKEN',
        completedAt: '2026-11-29T05:00:00.000Z',
        completedBy: '佐藤 花子',
      },
    ],
  });
  const view = caseViewOf(c, {
    now: now.toISOString(),
    history: [
      {
        caseId: c.id,
        number: 1,
        at: c.createdAt,
        actor: 'staff',
        by: '佐藤 花子',
        what: 'case-opened',
        details: { startWith: 'simple-quote' },
      },
      {
        caseId: c.id,
        number: 2,
        at: '2026-11-28T02:00:00.000Z',
        actor: 'customer',
        by: 'yoshida@example.jp',
        what: 'task-completed',
        details: { task: 'order.1' },
      },
      {
        caseId: c.id,
        number: 3,
        at: now.toISOString(),
        actor: 'system',
        by: 'record-transfer',
        what: 'transfer-problem',
        details: { plan: 'mail', run: 1, error: 'TerminalError' },
      },
    ],
    sectionsOf: (kind) => formFor(kind, c, sampleSettings, now).sections,
    quoteHref: (number) => `/console/cases/${c.id}/quotes/${number}.pdf`,
    ledgerHref: (plan, run) => `/console/cases/${c.id}/ledgers/${plan}/${run}`,
    progress: [progress],
  });
  const [web] = view.transfers;
  if (web)
    web.examples = [{ object: 'public_html/.git/config', reason: 'バージョン管理の内部ファイルのため' }];
  return {
    site,
    person: engineer,
    case: view,
    steps: [
      {
        taskId: 'transfer-problem.1',
        form: formFor('transfer-problem', c, sampleSettings, now),
        action: `/console/cases/${c.id}/tasks/transfer-problem.1`,
      },
    ],
    connections: connections(c.id),
    accessAgain: { form: accessAgainForm(), action: `/console/cases/${c.id}/access-again` },
    ...changes,
  };
}

/** A server whose key has changed, and one with a certificate of its own. */
function connections(reference: string): ConnectionView[] {
  const at = `/console/cases/${reference}/connections`;
  const seen = { at: now.toISOString(), by: engineer.name, confided: 'x' };
  return [
    {
      server: 'source-web',
      host: 'old-server-with-a-long-name.example.jp',
      action: `${at}/source-web`,
      check: {
        ...seen,
        protocol: 'sftp',
        outcome: 'key-changed',
        hostKey: 'SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDwGYJPWkL3fVv2TrA',
        shownKey: 'SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8',
        message: 'サーバーのホスト鍵が登録と異なります。パスワードは送信していません。',
        remarks: [],
      },
      acceptance: {
        form: acceptKeyForm('source-web'),
        action: `${at}/source-web/key`,
        hidden: { key: 'SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8' },
        typed: { 'source-web-confirmed': 'yes' },
        problems: { 'source-web-reason': '入力してください。' },
      },
    },
    {
      server: 'source-mail',
      host: '',
      action: `${at}/source-mail`,
      check: {
        ...seen,
        protocol: 'imap',
        outcome: 'reached',
        hostKey: 'verified',
        logIns: { opened: 29, tried: 30, of: 1200 },
        entries: 14,
        remarks: ['メールサーバーが taro@example.jp のログインを断りました: Authentication failed.'],
      },
    },
    {
      server: 'target-cybozu',
      host: 'managed.example.jp',
      action: `${at}/target-cybozu`,
      check: {
        ...seen,
        protocol: 'ftps',
        outcome: 'reached',
        hostKey: 'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU',
        firstContact: true,
        certificate: {
          fingerprint: 'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU',
          subject: '見本ホスティング株式会社、managed.example.jp',
          issuer: 'managed.example.jp',
          validFrom: '2026-01-01T00:00:00.000Z',
          validTo: '2027-01-01T00:00:00.000Z',
          verified: false,
        },
        entries: 1000,
        remarks: [
          '証明書を認証局で検証できません。',
          'サーバーが権限(パーミッション)の設定に対応していません。',
        ],
      },
    },
  ];
}

export const newCase = { site, person: staff, form: newCaseForm(sampleSettings) };
export const quote = quoteOf('formal');
