import { documentsFor } from '../../functions/case/documents.ts';
import { mailHolderForm } from '../../functions/case/forms/mail-holder.ts';
import { sampleSettings } from '../../functions/case/sample-settings.ts';
import { renderLetter } from '../../functions/letters/render-letter.ts';
import {
  alreadyDonePage,
  latePage,
  newerLinkPage,
  receivedPage,
} from '../../functions/pages/after-submit-pages.ts';
import { caseListPage } from '../../functions/pages/console/case-list-page.ts';
import { casePage } from '../../functions/pages/console/case-page.ts';
import { confidedPage } from '../../functions/pages/console/confided-page.ts';
import { findingsPage } from '../../functions/pages/console/findings-page.ts';
import { fixDiffsPage } from '../../functions/pages/console/fix-diffs-page.ts';
import { fixesPage } from '../../functions/pages/console/fixes-page.ts';
import { newCasePage, surveyUploadPage } from '../../functions/pages/console/form-pages.ts';
import { invoicesPage } from '../../functions/pages/console/invoices-page.ts';
import { signInPage } from '../../functions/pages/console/sign-in-page.ts';
import { transferPage } from '../../functions/pages/console/transfer-page.ts';
import { deadLinkPage, errorPage } from '../../functions/pages/error-pages.ts';
import { formPage } from '../../functions/pages/form-page.ts';
import {
  type MailHolderView,
  mailHolderDonePage,
  mailHolderLinksPage,
  mailHolderPage,
} from '../../functions/pages/mail-holder-pages.ts';
import { mailboxPage, mailPage } from '../../functions/pages/mailbox/mailbox-pages.ts';
import { documentPage, quotePage } from '../../functions/pages/paper-pages.ts';
import { caseOf, invoiceOf, quoteOf } from '../letters/samples.ts';
import { diffsView, failedFixesView, findingsView, fixesView } from './fixes-samples.ts';
import {
  casePageView,
  documents,
  engineer,
  finance,
  formView,
  newCase,
  now,
  received,
  site,
  staff,
} from './samples.ts';
import { transferView } from './transfer-sample.ts';

/** A page and a view of it with something in every place. */
export interface Sample {
  name: string;
  render(view: never): string;
  view: unknown;
}

function sample<View>(name: string, render: (view: View) => string, view: View): Sample {
  return { name, render: render as Sample['render'], view };
}

const c = caseOf();
const results = c.transfers.map(({ ledgerKey: _, ...transfer }) => ({
  ...transfer,
  ledgerHref: `ledger/${transfer.plan}`,
}));
const letter = renderLetter({
  letter: 'task-opened',
  to: 'customer',
  case: c,
  settings: sampleSettings,
  task: { kind: 'consent', dueAt: '2026-12-18T14:59:59.999Z' },
  link: 'http://127.0.0.1:8780/t/AAAA',
});
const wrong = {
  typed: { backup: 'yes', signer: '𠮷田', department: '情報システム部', backupDate: '2026-13-40' },
  problems: {
    '': '内容をご確認ください。',
    backupDate: 'バックアップした日を選んでください。',
    copying: 'チェックを入れてください。',
    signer: 'お名前を入力してください。',
    authority: 'どちらかを選んでください。',
  },
};
const [spec] = documentsFor('managed', sampleSettings);

const holder: MailHolderView = { site, company: c.customer.company, user: 'taro@example.jp' };

export const everyPage: Sample[] = [
  sample(
    'hearing-sheet',
    formPage,
    formView('hearing-sheet', { documents, typed: { plans: ['web', 'mail'], company: c.customer.company } }),
  ),
  sample('consent-wrong', formPage, formView('consent', { documents, ...wrong })),
  sample(
    'returned',
    formPage,
    formView('consent', {
      documents,
      remarks: '署名が会社名になっています。\n担当者のお名前をご記入ください。',
    }),
  ),
  sample(
    'source-access',
    formPage,
    formView('source-access', {
      ordered: true,
      typed: { webPassword: 'typed-secret' },
      problems: { webHost: 'サーバ名を入力してください。' },
    }),
  ),
  sample(
    'simple-quote',
    formPage,
    formView('formal-quote-request', { quote: quoteOf('simple'), quotePdfHref: 'quote.pdf' }),
  ),
  sample(
    'order',
    formPage,
    formView('order', { documents, quote: quoteOf('formal'), quotePdfHref: 'quote.pdf' }),
  ),
  sample(
    'acceptance',
    formPage,
    formView('acceptance', {
      results,
      certificateHref: 'certificate.pdf',
      hidden: { seen: 'yes' },
      preview: {
        url: 'https://ms1234567.a-very-long-name-of-a-new-server.example.jp/preview/',
        address: '192.0.2.1',
        names: ['takasaki.example.jp', 'www.takasaki.example.jp'],
      },
    }),
  ),
  sample('newer-link', newerLinkPage, {
    site,
    title: '検収書のご提出',
    reference: c.id,
    company: c.customer.company,
    person: c.customer.person,
    dueAt: '2026-12-18T14:59:59.999Z',
  }),
  sample('confided', confidedPage, {
    site,
    person: engineer,
    reference: c.id,
    company: c.customer.company,
    confided: [{ title: '移行元（Web データ）', rows: [{ label: 'パスワード', value: 'not-a-real-one' }] }],
  }),
  sample('transfer', transferPage, transferView),
  sample('received', receivedPage, received),
  sample('already-done', alreadyDonePage, received),
  sample('received-mail', receivedPage, {
    ...received,
    kind: 'source-access',
    mailboxes: { href: '/t/x/mailbox-links', holders: [{ user: 'taro@example.jp', answered: false }] },
  }),
  sample(
    'mail-holder',
    (view: MailHolderView) =>
      mailHolderPage(view, mailHolderForm(view.user), { password: '入力してください。' }),
    holder,
  ),
  sample('mail-holder-done', mailHolderDonePage, holder),
  sample('mail-holder-links', mailHolderLinksPage, {
    site,
    company: c.customer.company,
    links: [{ user: 'taro@example.jp', href: `https://ikou.example.jp/m/HK-7K3M-Q2T9/${'x'.repeat(43)}` }],
    days: 30,
  }),
  sample('late', latePage, {
    site,
    title: '検収書のご提出',
    reference: c.id,
    company: c.customer.company,
    person: c.customer.person,
    dueAt: '2026-12-18T14:59:59.999Z',
  }),
  sample('dead-link', deadLinkPage, site),
  sample(
    'error',
    (view: { site: typeof site; incident: string }) =>
      errorPage(view.site, 500, { incident: view.incident, home: '/console/cases' }),
    { site, incident: 'R-20261208' },
  ),
  sample('quote', quotePage, { site, quote: quoteOf('formal'), pdfHref: 'quote.pdf', backHref: '?' }),
  sample('document', documentPage, { site, document: spec! }),
  sample('sign-in', signInPage, { site, to: '/console/cases' }),
  sample('case-list', caseListPage, {
    site,
    person: staff,
    now: now.toISOString(),
    search: 'HK-7K3M-Q2T9',
    notFound: true,
    next: 'page-2',
    waitingFor: 'staff' as const,
    cases: [
      {
        id: c.id,
        stage: 'checking',
        company: c.customer.company,
        waitingFor: 'customer',
        dueAt: '2026-12-18T14:59:59.999Z',
        updatedAt: now.toISOString(),
      },
      {
        id: 'HK-2222-3333',
        stage: 'reviewing-order',
        company: '有限会社ひまわり写真館',
        waitingFor: 'staff',
        dueAt: '2026-12-04T14:59:59.999Z',
        updatedAt: '2026-11-30T00:00:00.000Z',
      },
      {
        id: 'HK-4444-5555',
        stage: 'migrating',
        company: '医療法人社団 青葉会',
        waitingFor: 'system',
        updatedAt: '2026-12-01T00:00:00.000Z',
      },
      {
        id: 'HK-6666-7777',
        stage: 'invoiced',
        company: '合同会社みなと',
        waitingFor: 'nobody',
        updatedAt: '2026-12-01T00:00:00.000Z',
      },
    ],
  }),
  sample('case', casePage, casePageView({ message: '受け付けました。' })),
  sample('fixes', fixesPage, fixesView),
  sample('fixes-failed', fixesPage, failedFixesView),
  sample('findings', findingsPage, findingsView),
  sample('fix-diffs', fixDiffsPage, diffsView),
  sample('new-case', newCasePage, newCase),
  sample('survey', surveyUploadPage, {
    site,
    person: engineer,
    reference: c.id,
    company: c.customer.company,
    templateHref: 'survey/template.csv',
    action: 'survey',
    fieldName: 'report',
    accept: '.csv,text/csv',
    problems: {
      '3行目': '重要度は「参考」「注意」「移行不可」のいずれかを記入してください。',
      '7行目': '時間は数字で記入してください。',
    },
  }),
  sample('invoices', invoicesPage, {
    site,
    person: finance,
    invoices: [
      { ...invoiceOf(), pdfHref: 'invoice.pdf' },
      { ...invoiceOf({ invoiceId: 'INV-HK-2222-3333', caseId: 'HK-2222-3333' }) },
    ],
  }),
  sample('mailbox', mailboxPage, {
    site,
    mails: [
      {
        href: '/mailbox/1',
        at: now.toISOString(),
        to: c.customer.mail,
        subject: letter.subject,
        attachments: 1,
      },
    ],
  }),
  sample('mail', mailPage, {
    site,
    at: now.toISOString(),
    to: c.customer.mail,
    ...letter,
    attachments: [{ filename: 'HK-7K3M-Q2T9-F1.pdf', href: '/mailbox/1/0', bytes: 48_123 }],
    backHref: '/mailbox',
  }),
];
