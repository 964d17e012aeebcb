import { describe, expect, it } from '@jest/globals';
import { parseCsv } from '../../functions/case/csv.ts';
import type { Objects } from '../../functions/case/ports.ts';
import { linesOf } from '../../functions/migration/ndjson.ts';
import { ledgerCsv, reportCsv } from '../../functions/migration/record-csv.ts';

/** One object, given in pieces of so many bytes; counts what is asked of it. */
function record(lines: readonly unknown[], pieceBytes = 64 * 1024) {
  const seen = { pieces: 0 };
  const bytes = linesOf(lines);
  const objects = {
    async *get() {
      for (let at = 0; at < bytes.length; at += pieceBytes) {
        seen.pieces += 1;
        yield bytes.subarray(at, at + pieceBytes);
      }
    },
  } as unknown as Objects;
  return { objects, seen };
}

async function read(csv: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of csv) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

/** As a spreadsheet takes it: by heading. */
function rowsOf(csv: string): Record<string, string>[] {
  const [head, ...rows] = parseCsv(csv.replace(/^\ufeff/, ''), { rows: 5_000, columns: 20, cell: 33_000 });
  return rows.map(({ cells }) => Object.fromEntries(cells.map((cell, at) => [head!.cells[at], cell])));
}

const moved = { path: './index.html', kind: 'file', size: 12, outcome: 'moved', verified: 'match' };

describe('a ledger as CSV', () => {
  it('opens in Excel: byte order mark, Japanese headings, CRLF, words for what the ledger has as names', async () => {
    const { objects } = record([{ ...moved, sha256: 'ab', mtime: 1_764_000_000 }]);
    const csv = await read(ledgerCsv(objects, 'k'));
    expect(csv.startsWith('\ufeff"種類","移行元での名前",')).toBe(true);
    expect(csv.split('\r\n')).toHaveLength(3);
    expect(rowsOf(csv)).toEqual([
      {
        種類: 'ファイル',
        移行元での名前: './index.html',
        移行先での名前: '',
        結果: '移行済み',
        '理由・内容': '',
        照合: '一致',
        '容量（バイト）': '12',
        行数: '',
        '更新日時（日本時間）': '2025-11-25 01:00:00',
        'SHA-256': 'ab',
      },
    ]);
  });

  it('says why, how and where to, each once, and that an outcome is missing', async () => {
    const { objects } = record([
      { path: './a', kind: 'other', size: 0, outcome: 'skipped', why: 'ソケットです' },
      {
        path: './b',
        targetPath: './c',
        kind: 'file',
        size: 1,
        outcome: 'altered',
        how: '名前',
        remark: '名前',
      },
      { path: './d', kind: 'rows', size: 9, rows: 1200, verified: 'differs' },
      {
        ...{ path: './e', kind: 'file', size: 5, sha256: 'old', outcome: 'altered', replaced: true },
        fixed: { size: 7, sha256: 'new', after: 'x', how: 'パスを書き換え' },
      },
    ]);
    const [a, b, d, e] = rowsOf(await read(ledgerCsv(objects, 'k')));
    expect(a).toMatchObject({
      種類: '特殊ファイル（ソケット、デバイスなど）',
      結果: '対象外',
      '理由・内容': 'ソケットです',
    });
    expect(b).toMatchObject({ 移行先での名前: './c', 結果: '調整して移行', '理由・内容': '名前' });
    expect(d).toMatchObject({ 種類: '表の行', 結果: '未確認', 行数: '1200', 照合: '内容が異なる' });
    expect(e).toMatchObject({
      '容量（バイト）': '7',
      'SHA-256': 'new',
      '理由・内容': 'パスを書き換え / 移行先にあった別のものを置き換え',
    });
  });

  it('is no formula, no second line and no trick of a name: threats.md, row 14', async () => {
    const hostile = [
      ...['=HYPERLINK("http://evil")', '+1+1', '-cmd|x', '@SUM(A1)', '＝1+1', '\t=1', ' =1'],
      ...['a","b', 'line\r\nbreak', 'turned\u202egnp.exe', '\u0000', '\ufeff=1'],
    ];
    const lines = hostile.map((text) => ({
      ...{ path: `./${text}`, targetPath: text, kind: text, size: 1, outcome: 'skipped' },
      ...{ why: text, sha256: text },
    }));
    const csv = await read(ledgerCsv(record(lines).objects, 'k'));
    const rows = rowsOf(csv);
    expect(rows).toHaveLength(hostile.length);
    for (const row of rows) {
      for (const cell of Object.values(row)) expect(cell).not.toMatch(/^[\s\ufeff]*[=+\-@＝＋－＠]/);
    }
    expect(csv.slice(1)).not.toMatch(/[\u202e\ufeff\0]/);
  });

  it('takes times that no calendar holds, names that are not UTF-8, and reasons that no cell holds', async () => {
    const { objects } = record([
      { ...moved, mtime: 1e15 },
      { ...moved, mtime: -62_135_596_800 - 86_400 },
      { kind: 'file', size: 1, pathBase64: Buffer.from([0x93, 0xfa, 0x96, 0x7b]).toString('base64') },
      { ...moved, why: '長'.repeat(40_000) },
    ]);
    const rows = rowsOf(await read(ledgerCsv(objects, 'k')));
    expect(rows.map((row) => row['更新日時（日本時間）'])).toEqual(['', '', '', '']);
    expect(rows[2]?.移行元での名前).toBe('./日本');
    expect(rows[3]?.['理由・内容']?.length).toBeLessThan(32_767);
  });

  it('goes on where it is read, a piece at a time', async () => {
    const lines = Array.from({ length: 4_000 }, (_, at) => ({ ...moved, path: `./${at}.html` }));
    const { objects, seen } = record(lines, 1_000);
    const csv = ledgerCsv(objects, 'k');
    for (let piece = 0; piece < 3; piece += 1) await csv.next();
    expect(seen.pieces).toBeLessThanOrEqual(4);
    const whole = await read(ledgerCsv(record(lines, 1_000).objects, 'k'));
    expect(rowsOf(whole).map((row) => row.移行元での名前)).toEqual(lines.map(({ path }) => path));
    expect(whole.match(/\ufeff/g)).toHaveLength(1);
  });

  it('of nothing is its headings', async () => {
    expect(rowsOf(await read(ledgerCsv(record([]).objects, 'k')))).toEqual([]);
    expect(await read(ledgerCsv(record([]).objects, 'k'))).toContain('"種類"');
  });
});

it('a report as CSV leaves out the summary and says each result in words', async () => {
  const { objects } = record([
    { plan: 'web', run: 1, objects: 2 },
    { result: 'missing', path: './a', kind: 'file' },
    { result: 'altered', path: './b', targetPath: './c', kind: 'file', remark: '名前を変更' },
  ]);
  const rows = rowsOf(await read(reportCsv(objects, 'k')));
  expect(rows).toEqual([
    { 照合の結果: '移行先にない', 種類: 'ファイル', 移行元での名前: './a', 移行先での名前: '', 内容: '' },
    expect.objectContaining({ 移行先での名前: './c', 内容: '名前を変更' }),
  ]);
});
