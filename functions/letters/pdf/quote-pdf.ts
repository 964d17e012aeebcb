import type { Quote } from '../../case/quote.ts';
import { dateText, momentText, quoteNames, reducedNote, reducedRate, yenText } from '../../case/wording.ts';
import { bullets, heading, sum, title, write } from './blocks.ts';
import { itemRows, items, taxRows } from './money.ts';
import { opening } from './opening.ts';
import { colours, Sheet } from './sheet.ts';
import { table, totals } from './table.ts';

/** 御見積書. Made from the quote alone, so the same quote is the same bytes for ever. */
export async function quotePdf(quote: Quote): Promise<Uint8Array> {
  const sheet = new Sheet({
    title: `御見積書 ${quote.number}`,
    author: quote.issuer.name,
    createdAt: new Date(quote.issuedAt),
    sample: quote.sample,
    foot: `${quote.issuer.name}　御見積書 ${quote.number}${quote.sample ? '　見本' : ''}`,
  });
  title(sheet, '御見積書');
  opening(sheet, {
    recipient: quote.recipient,
    greeting: `${quoteNames[quote.kind]}を、下記のとおりご提示いたします。`,
    issuer: quote.issuer,
    facts: [
      ['見積番号', quote.number],
      ['発行日', dateText(quote.issuedAt)],
      ['有効期限', momentText(quote.validUntil)],
    ],
  });
  sum(sheet, '御見積金額（税込）', yenText(quote.total));
  if (quote.kind === 'simple') {
    write(sheet, '本見積ではお申し込みいただけません。', {
      weight: 'bold',
      size: 10.5,
      colour: '#b01f2e',
      after: 8,
    });
  }
  table(sheet, items, itemRows(quote.lines));
  totals(sheet, taxRows(quote));
  if (quote.lines.some(({ taxRate }) => taxRate === reducedRate)) {
    write(sheet, reducedNote, { size: 8.5, colour: colours.soft });
  }
  points(sheet, '作業の範囲', quote.scope);
  points(sheet, '範囲に含まれないもの', quote.exclusions);
  points(sheet, '前提条件', quote.assumptions);
  points(sheet, quote.kind === 'simple' ? 'ご注意' : 'お申込み方法・ご注意', quote.notes);
  sheet.y += 6;
  write(sheet, `料金規定 ${quote.rules}　照合値（SHA-256） ${quote.sha256}`, {
    size: 7,
    colour: colours.soft,
  });
  return sheet.finish();
}

function points(sheet: Sheet, name: string, texts: readonly string[]): void {
  if (texts.length === 0) return;
  heading(sheet, name);
  bullets(sheet, texts);
}
