import type { Case } from '../../functions/case/case.ts';
import type { Invoice } from '../../functions/case/invoice.ts';
import { type Quote, sealQuote } from '../../functions/case/quote.ts';
import { sampleSettings } from '../../functions/case/sample-settings.ts';
import { taxTotals, totalOf } from '../../functions/case/tax.ts';

export const company = '株式会社髙﨑𠮷野家商事㈱';

export function quoteOf(kind: Quote['kind'], count = 4, changes: Partial<Quote> = {}): Quote {
  const lines = Array.from({ length: count }, (_, index) => ({
    code: `line-${index}`,
    label:
      ['基本料金', 'Webデータ移行（3ドメイン）', 'DBデータ移行', 'メールデータ移行'][index] ??
      `追加のドメイン shop-${index}.example.jp の移行`,
    quantity: index + 1,
    unit: index === 0 ? '式' : '個',
    unitPrice: 12_500,
    amount: 12_500 * (index + 1),
    taxRate: index === 3 ? 8 : 10,
  }));
  const taxes = taxTotals(lines);
  return sealQuote({
    number: `HK-7K3M-Q2T9-${kind === 'simple' ? 'S' : 'F'}1`,
    kind,
    issuedAt: '2026-11-24T01:30:00.000Z',
    validUntil: '2026-12-24T14:59:59.999Z',
    issuer: sampleSettings.issuer,
    recipient: `${company} 御中`,
    scope: [
      'Web データ移行：移行元サーバ（old.example.jp）からマネージドサーバへ Web データを移行します。',
      '移行に必要な範囲でのマネージドサーバの設定',
    ],
    exclusions: ['見積外の作業（追加でご依頼の場合、追加料金が発生します）', '検収完了後の追加作業'],
    assumptions: ['移行元・移行先のデータは、作業の前にお客さまにてバックアップをお取りいただいていること'],
    notes:
      kind === 'simple'
        ? ['本見積ではお申し込みいただけません。']
        : [
            'お申込み方法：「お申込みページ」を開き、申込書を送信してください。',
            '受理後のキャンセル／変更はできません。',
          ],
    lines,
    taxes,
    total: totalOf(taxes),
    rules: 'sample-2026-11',
    sample: true,
    ...changes,
  });
}

export function invoiceOf(changes: Partial<Invoice> = {}): Invoice {
  const { lines, taxes, total } = quoteOf('formal');
  return {
    invoiceId: 'INV-HK-7K3M-Q2T9',
    caseId: 'HK-7K3M-Q2T9',
    issuedOn: '2026-12-20',
    deliveredOn: '2026-12-18',
    acceptedOn: '2026-12-20',
    issuer: sampleSettings.issuer,
    recipient: `${company} 御中`,
    billing: {
      postalCode: '150-0001',
      address: '東京都渋谷区神宮前1-2-3 髙﨑ビル4階',
      department: '総務部',
      person: '𠮷田 﨑子',
      phone: '03-1234-5678',
    },
    content: 'データ移行支援オプション 一式（HK-7K3M-Q2T9）',
    quotes: ['HK-7K3M-Q2T9-F1'],
    lines,
    taxes,
    total,
    rules: 'sample-2026-11',
    sample: true,
    ...changes,
  };
}

/** A case whose customer has just been asked to check the result. */
export function caseOf(changes: Partial<Case> = {}): Case {
  const formal = quoteOf('formal');
  return {
    id: 'HK-7K3M-Q2T9',
    version: 31,
    stage: 'checking',
    createdAt: '2026-11-01T00:00:00.000Z',
    updatedAt: '2026-12-08T03:00:00.000Z',
    customer: {
      company,
      person: '𠮷田 﨑子',
      mail: 'yoshida@example.jp',
      contractNumber: 'MS-123456',
      serverKind: 'managed',
      platformMigration: false,
    },
    plans: ['web', 'database', 'mail'],
    runs: { 'simple-quote': 1, 'formal-quote': 1, order: 1 },
    documents: [],
    tasks: [
      {
        id: 'acceptance.1',
        kind: 'acceptance',
        generation: 1,
        status: 'open',
        openedAt: '2026-12-08T03:00:00.000Z',
        dueAt: '2026-12-18T14:59:59.999Z',
        remindersSent: 0,
        token: 'TASK-TOKEN-THAT-NOBODY-MAY-SEE',
        linkSeed: '5eed'.repeat(16),
      },
    ],
    forms: {
      order: {
        taskId: 'order.1',
        at: '2026-11-28T02:00:00.000Z',
        by: 'yoshida@example.jp',
        address: '203.0.113.7',
        value: { quoteSha256: formal.sha256 },
      },
    },
    quotes: [quoteOf('simple'), formal],
    transfers: [
      {
        plan: 'web',
        run: 2,
        objects: 12_480,
        bytes: 3_412_000_000,
        moved: 12_401,
        altered: 12,
        skipped: 67,
        unchanged: 0,
        unexplained: 0,
        ledgerKey: 'records/ledger-web',
        finishedAt: '2026-12-07T18:20:00.000Z',
      },
      {
        plan: 'database',
        run: 1,
        objects: 84_112,
        bytes: 512_000_000,
        moved: 84_112,
        altered: 0,
        skipped: 0,
        unchanged: 0,
        unexplained: 0,
        ledgerKey: 'records/ledger-database',
        finishedAt: '2026-12-07T19:00:00.000Z',
      },
    ],
    problems: [],
    erasures: [],
    ...changes,
  };
}
