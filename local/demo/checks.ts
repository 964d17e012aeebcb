import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Case } from '../../functions/case/case.ts';
import type { Product } from '../product.ts';
import { problemsWithMails } from './check-mails.ts';
import { differencesOf } from './compare-sites.ts';
import { ledgerLines } from './ledger-lines.ts';
import type { Papers } from './papers.ts';
import type { Planted } from './planted.ts';
import { readSite } from './read-site.ts';
import { remainsOf } from './remains.ts';
import type { DemoServers } from './servers.ts';

export interface Ended {
  c: Case;
  product: Product;
  database: DatabaseSync;
  folder: string;
  servers: DemoServers;
  planted: Planted;
  papers: Papers;
}

/** All that must be so at the end. Sentences about what is not; none is the aim. */
export async function problemsWith(ended: Ended): Promise<string[]> {
  return [
    ...flow(ended),
    ...problemsWithMails(ended.c, ended.product),
    ...moved(ended),
    ...papers(ended),
    ...(await erased(ended)),
  ];
}

function flow({ c, product, database }: Ended): string[] {
  const found: string[] = [];
  if (c.stage !== 'invoiced') found.push(`案件は「${c.stage}」で止まっています`);
  for (const { name, status } of product.runtime.list({ limit: 1000 }))
    if (status !== 'SUCCEEDED') found.push(`ワークフロー ${name} が ${status} です`);
  const open = c.tasks.filter(({ status }) => status === 'open').map(({ id }) => id);
  if (open.length > 0) found.push(`終わっていない手続きがあります: ${open.join('、')}`);
  const left = database.prepare('SELECT count(*) AS count FROM outbox').get()?.count;
  if (left !== 0) found.push(`送信待ちが${left}件残っています`);
  const invoices = invoicesOf(product);
  if (invoices.length !== 1 || invoices[0]?.timesPublished !== 1)
    found.push(`請求のイベントが1件ではありません（${invoices.length}件）`);
  if (invoices[0]?.detail.total !== c.quotes.findLast(({ kind }) => kind === 'formal')?.total)
    found.push('請求の合計が正式お見積もりと異なります');
  return found;
}

export function invoicesOf(product: Product) {
  return product.events.listEvents().filter(({ type }) => type === 'InvoiceIssued');
}

function moved({ c, servers, papers: { ledger } }: Ended): string[] {
  const [transfer] = c.transfers;
  if (!transfer) return ['移行の結果が案件にありません'];
  const lines = ledgerLines(ledger);
  const found = differencesOf(
    readSite(servers.source.root),
    readSite(servers.target.root),
    lines,
    servers.source.access.root,
  );
  const { objects, moved, altered, skipped, unexplained } = transfer;
  if (lines.length !== objects) found.push(`台帳は${lines.length}行ですが、対象は${objects}件です`);
  if (moved + altered + skipped !== objects)
    found.push('移行済み・調整・対象外の合計が、対象の件数と異なります');
  if (unexplained !== 0) found.push(`説明のつかないデータが${unexplained}件あります`);
  return found;
}

function papers({ c, papers: { quote, erasure, invoice } }: Ended): string[] {
  const found: string[] = [];
  const pdf = readFileSync(quote);
  if (pdf.subarray(0, 5).toString() !== '%PDF-' || pdf.length < 1000)
    found.push('お見積もりのPDFが読めません');
  if (!readFileSync(erasure, 'utf8').includes('"migration-closed"')) found.push('消去の記録が読めません');
  if (!c.invoice || !readFileSync(invoice, 'utf8').includes(`"${c.invoice.invoiceId}"`))
    found.push('請求イベントが読めません');
  return found;
}

/** R24: neither copies nor what was confided is left on our side. */
async function erased({ c, product, database, folder, servers, planted }: Ended): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of product.ports.objects.list('temporary/'))
    found.push(`一時データが残っています: ${key}`);
  const secrets = join(folder, 'vault', 'secrets');
  if (existsSync(secrets) && readdirSync(secrets).length > 0) found.push('接続情報が金庫に残っています');
  for (const reason of ['survey-closed', 'migration-closed'])
    if (!c.erasures.some((erasure) => erasure.reason === reason && erasure.secrets > 0))
      found.push(`消去の記録がありません: ${reason}`);
  const kept = join(folder, 'objects', 'objects', 'records');
  const key = servers.source.access.privateKey?.split('\n')[2];
  const strings = {
    パスワード: planted.password,
    お客さまのデータ: planted.content,
    ...(key && { 秘密鍵: key }),
  };
  return [...found, ...remainsOf(folder, kept, database, strings)];
}
