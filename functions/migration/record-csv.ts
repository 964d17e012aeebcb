import { csvLine } from '../case/csv.ts';
import type { Objects } from '../case/ports.ts';
import { readBatches } from './ndjson.ts';
import { deliveredOf, type ObjectLine, quiet, targetNameOf } from './object-line.ts';
import { kindName, outcomeNames, resultWords, verifiedNames } from './record-words.ts';
import { readName } from './shown-name.ts';
import type { ReportLine } from './verification.ts';

/** A cell of Excel holds 32,767 signs, of which an apostrophe may be one. */
const longestCell = 32_000;

const ledgerColumns = [
  ...['種類', '移行元での名前', '移行先での名前', '結果', '理由・内容', '照合'],
  ...['容量（バイト）', '行数', '更新日時（日本時間）', 'SHA-256'],
];
const reportColumns = ['照合の結果', '種類', '移行元での名前', '移行先での名前', '内容'];

/**
 * A run's ledger as spreadsheets open it: UTF-8 with a byte order mark, Japanese headings, formulas made harmless. A piece
 * for each piece of the ledger, so memory holds one of them. Throws NotFoundError.
 */
export function ledgerCsv(objects: Objects, key: string): AsyncGenerator<Uint8Array> {
  return csvOf<ObjectLine & { rows?: number }>(objects, key, ledgerColumns, (line) => [
    kindName(line.kind),
    readName(line),
    thereOf(line),
    line.outcome ? outcomeNames[line.outcome] : '未確認',
    reasonsOf(line).join(' / '),
    line.verified ? verifiedNames[line.verified] : '',
    String(deliveredOf(line).size),
    line.rows === undefined ? '' : String(line.rows),
    timeOf(line.mtime),
    deliveredOf(line).sha256 ?? '',
  ]);
}

/** A verification's report: everything that is not a plain match. Throws NotFoundError. */
export function reportCsv(objects: Objects, key: string): AsyncGenerator<Uint8Array> {
  return csvOf<ReportLine>(objects, key, reportColumns, (line) => {
    // The first line is the summary.
    if (!line.result) return undefined;
    const { label } = resultWords[line.result];
    return [label, kindName(line.kind), readName(line), thereOf(line), line.remark ?? ''];
  });
}

async function* csvOf<T>(
  objects: Objects,
  key: string,
  columns: readonly string[],
  cellsOf: (line: T) => string[] | undefined,
): AsyncGenerator<Uint8Array> {
  let head = `\ufeff${csvLine(columns)}`;
  for await (const batch of readBatches<T>(objects, key)) {
    const rows = batch.map(cellsOf).filter((cells) => cells !== undefined);
    yield Buffer.from(head + rows.map((cells) => csvLine(cells.map(fitting))).join(''));
    head = '';
  }
  if (head) yield Buffer.from(head);
}

function fitting(text: string): string {
  const cell = quiet(text);
  return cell.length <= longestCell ? cell : `${cell.slice(0, longestCell)}…`.toWellFormed();
}

/** Where it went, when that reads otherwise. */
function thereOf(line: Pick<ObjectLine, 'targetPath' | 'targetPathBase64'>): string {
  const name = targetNameOf(line);
  return name ? readName(name) : '';
}

function reasonsOf({ why, how, fixed, notFixed, replaced, remark }: ObjectLine): string[] {
  const reasons = [why, how, fixed?.how, notFixed, replaced && '移行先にあった別のものを置き換え', remark];
  return [...new Set(reasons.filter((reason) => typeof reason === 'string' && reason !== ''))] as string[];
}

/** `2026-11-24 10:00:00` in Japan; servers may say what no calendar holds. */
function timeOf(seconds: number | undefined): string {
  const instant = new Date(((seconds ?? Number.NaN) + 9 * 3600) * 1000);
  const year = instant.getUTCFullYear();
  return year >= 1 && year <= 9999 ? instant.toISOString().slice(0, 19).replace('T', ' ') : '';
}
