import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { sampleSettings } from '../../functions/case/sample-settings.ts';
import { write } from '../../functions/letters/pdf/blocks.ts';
import { certificatePdf } from '../../functions/letters/pdf/certificate-pdf.ts';
import { invoicePdf } from '../../functions/letters/pdf/invoice-pdf.ts';
import { quotePdf } from '../../functions/letters/pdf/quote-pdf.ts';
import { area, Sheet } from '../../functions/letters/pdf/sheet.ts';
import { darkness, ink, pagesOf, rasterise, textOfPdf } from './raster.ts';
import { caseOf, company, invoiceOf, quoteOf } from './samples.ts';

const plainSheet = { title: 'x', author: 'x', createdAt: new Date(0), sample: false, foot: '' };

/** Each sign on a line of its own at 24 points, as the printer draws it. */
async function drawn(signs: string[], weight: 'regular' | 'bold'): Promise<string[]> {
  const sheet = new Sheet(plainSheet);
  const tops = signs.map((sign) => {
    const top = sheet.y;
    write(sheet, sign, { size: 24, weight });
    return top;
  });
  const page = rasterise(await sheet.finish());
  return tops.map((top) => ink(page, area.left, top, 26, 36));
}

test.each(['regular', 'bold'] as const)('髙 﨑 𠮷 ㈱ are drawn, each as itself (%s)', async (weight) => {
  const signs = ['髙', '﨑', '𠮷', '㈱', '高', '崎', '吉', '〓'];
  const glyphs = await drawn(signs, weight);
  for (const glyph of glyphs) expect(darkness(glyph)).toBeGreaterThan(100);
  // None is another's: neither the everyday variant of the sign, nor the mark of a missing one.
  expect(new Set(glyphs).size).toBe(signs.length);
});

test('a sign that the font lacks is a visible 〓, not a box and not nothing', async () => {
  const [geta, emoji, unassigned] = await drawn(['〓', '😀', '\u{10ffff}'], 'regular');
  expect(emoji).toBe(geta);
  expect(unassigned).toBe(geta);
});

test('a variant selector and control signs leave no trace', async () => {
  const [plain, variant, control] = await drawn(['葛', '葛\u{e0100}', '葛\u0007'], 'regular');
  expect(variant).toBe(plain);
  expect(control).toBe(plain);
});

test('the quote holds every field', async () => {
  const text = textOfPdf(await quotePdf(quoteOf('formal')));
  const shown = [
    company,
    'HK-7K3M-Q2T9-F1',
    '2026年11月24日（火）',
    '2026年12月24日（木）',
    'T0000000000000',
    '136,500円',
    '75,000円',
    '7,500円',
    '50,000円',
    '4,000円',
    'メールデータ移行 ※',
    '検収完了後の追加作業',
    'バックアップ',
    '申込書を送信',
    'sample-2026-11',
    quoteOf('formal').sha256,
  ];
  for (const field of shown) expect(text.replaceAll(/\s+/g, ' ')).toContain(field);
  expect(text).not.toContain('本見積ではお申し込みいただけません');
});

test('a simple quote says in red that it cannot be ordered from (R28)', async () => {
  expect(textOfPdf(await quotePdf(quoteOf('simple', 4, { notes: [] })))).toContain(
    '本見積ではお申し込みいただけません。',
  );
});

test('the sample is marked 見本 across the page, the real one is not', async () => {
  const [marked, real] = await Promise.all([
    quotePdf(quoteOf('formal')),
    quotePdf(quoteOf('formal', 4, { sample: false })),
  ]);
  const tinted = (pdf: Uint8Array) =>
    rasterise(pdf).grey.reduce((count, dot) => count + (dot > 225 && dot < 252 ? 1 : 0), 0);
  expect(tinted(marked)).toBeGreaterThan(tinted(real) + 50_000);
});

test('forty lines go over two pages, with the head again and no line lost', async () => {
  const pdf = await quotePdf(quoteOf('formal', 40));
  expect(pagesOf(pdf)).toBe(3);
  const text = textOfPdf(pdf);
  for (let index = 4; index < 40; index += 1) expect(text).toContain(`shop-${index}.example.jp`);
  expect(text.split('単価（税抜）').length - 1).toBe(2);
  expect(text).toMatch(/2 *\/ *3/);
});

test('nothing is drawn over the margins, however long a name is', async () => {
  const name = `${'とても長い名前の'.repeat(20)}https://${'a'.repeat(400)}`;
  const lines = quoteOf('formal').lines.map((line) => ({ ...line, label: name }));
  const pdf = await quotePdf(
    quoteOf('formal', 4, { recipient: name, lines, scope: [name.repeat(8)], sample: false }),
  );
  for (let page = 1; page <= pagesOf(pdf); page += 1) {
    const raster = rasterise(pdf, page);
    expect(darkness(ink(raster, 0, 12, area.left - 2, 820))).toBe(0);
    expect(darkness(ink(raster, area.right + 2, 12, 44, 820))).toBe(0);
    expect(darkness(ink(raster, 0, 792, 595, 10))).toBe(0);
  }
});

test('the invoice is a qualified one', async () => {
  const text = textOfPdf(await invoicePdf(invoiceOf()));
  const shown = [
    '登録番号 T0000000000000',
    'INV-HK-7K3M-Q2T9',
    '取引年月日',
    '2026年12月18日（金）',
    'データ移行支援オプション 一式',
    '10%対象（税抜）',
    '消費税（10%）',
    '8%対象（税抜）',
    '軽減税率（8%）',
    '136,500円',
    `${company} 御中`,
    '〒150-0001',
    '𠮷田 﨑子 様',
  ];
  for (const field of shown) expect(text.replaceAll(/\s+/g, ' ')).toContain(field);
});

test('the certificate is addressed to the partner, with the proof of each plan (R37)', async () => {
  const text = textOfPdf(await certificatePdf(caseOf(), sampleSettings)).replaceAll(/\s+/g, ' ');
  for (const field of [
    '株式会社北斗システムジャパン 御中',
    company,
    '対象 12,480件',
    '移行済み 12,401件',
    'DB データ移行',
    '担当者による作業',
    '2026年12月18日（金） 23:59',
  ])
    expect(text).toContain(field);
  expect(text.split('□').length - 1).toBe(6);
});

test('a certificate that was handed in holds the verdict, the comment and the name', async () => {
  const c = caseOf();
  const value = {
    resultWeb: 'pass',
    resultDatabase: 'pass',
    resultMail: 'fail',
    comment: '件数が違います',
    checkedOn: '2026-12-17',
    signer: '𠮷田 﨑子',
  };
  c.forms.acceptance = {
    taskId: 'acceptance.1',
    at: '2026-12-17T05:00:00.000Z',
    by: 'yoshida@example.jp',
    value,
  };
  const text = textOfPdf(await certificatePdf(c, sampleSettings));
  expect(text.split('○').length - 1).toBe(2);
  expect(text.split('×').length - 1).toBe(1);
  for (const field of ['件数が違います', '2026年12月17日（木）', '𠮷田 﨑子']) expect(text).toContain(field);
});

test('work that was ordered in addition stands on the certificate (R17)', async () => {
  const c = caseOf();
  const extra = {
    ...quoteOf('extra'),
    number: 'HK-7K3M-Q2T9-X1',
    scope: ['追加作業：お問い合わせフォームの改修'],
  };
  const [acceptance] = c.tasks;
  c.quotes.push(extra);
  c.tasks.unshift({
    ...acceptance!,
    id: 'extra-order.1',
    kind: 'extra-order',
    status: 'completed',
    result: { decision: 'order', quote: extra.number },
  });
  const text = textOfPdf(await certificatePdf(c, sampleSettings)).replaceAll(/\s+/g, ' ');
  expect(text).toContain('追加作業：お問い合わせフォームの改修');
  expect(text).toContain(extra.number);
});

test('the same document is the same bytes', async () => {
  const hash = (pdf: Uint8Array) => createHash('sha256').update(pdf).digest('hex');
  const make = async () => [
    hash(await quotePdf(quoteOf('formal'))),
    hash(await invoicePdf(invoiceOf())),
    hash(await certificatePdf(caseOf(), sampleSettings)),
  ];
  expect(await make()).toEqual(await make());
});
