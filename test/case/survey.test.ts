import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { csvLine, parseCsv, withoutFormula } from '../../functions/case/csv.ts';
import { InvalidInputError } from '../../functions/case/errors.ts';
import { parseSurveyReport, surveyTemplate } from '../../functions/case/survey.ts';
import { sampleCase } from './sample-case.ts';

const header = '種別,項目,値,方法,根拠,日時,場所,重要度,対処,工数,理由';
const feasible = '判定,,可,,,,,,,,';
const bytes = (...lines: string[]) => new TextEncoder().encode(lines.join('\r\n'));

function refused(
  file: Uint8Array,
  plans: Parameters<typeof parseSurveyReport>[1] = [],
): Record<string, string> {
  try {
    parseSurveyReport(file, plans);
  } catch (error) {
    if (error instanceof InvalidInputError) return { ...error.fields };
    throw error;
  }
  throw new Error('the report was accepted');
}

test('a report becomes facts, findings and gaps; times are Japanese', () => {
  const file = bytes(
    `\ufeff${header}`,
    feasible,
    '事実,Web容量(GB),12.5,du -sk,"/home/a, 13107200",2026/11/24 10:00,,,,,',
    '指摘,古い関数,,,,,lib/db.php:12,注意,"mysqli に\r\n書き換える",１.５,',
    '',
    '未調査,転送設定,,,,,,,,,管理画面に入れないため',
  );
  expect(parseSurveyReport(file)).toEqual({
    feasible: true,
    facts: [
      {
        item: 'Web容量(GB)',
        value: '12.5',
        method: 'du -sk',
        evidence: '/home/a, 13107200',
        at: '2026-11-24T01:00:00.000Z',
      },
    ],
    findings: [
      {
        item: '古い関数',
        location: 'lib/db.php:12',
        severity: 'warning',
        remedy: 'mysqli に\n書き換える',
        hours: 1.5,
      },
    ],
    notSurveyed: [{ item: '転送設定', reason: '管理画面に入れないため' }],
  });
});

test('R15: not feasible needs a reason', () => {
  expect(parseSurveyReport(bytes(header, '判定,,不可,,,,,,,,容量が足りないため'))).toMatchObject({
    feasible: false,
    reason: '容量が足りないため',
  });
  expect(refused(bytes(header, '判定,,不可,,,,,,,,'))).toEqual({ '2行目': '「理由」を入力してください。' });
});

test('CP932 as Japanese spreadsheets save it', () => {
  const cp932 = [header, feasible].join('\n');
  const table = new Map([...cp932].map((sign) => [sign, sign]));
  expect(table.size).toBeGreaterThan(10);
  const decoder = new TextDecoder('shift_jis');
  const pairs = new Map<string, number[]>();
  for (let lead = 0x81; lead <= 0xfc; lead += 1) {
    for (let trail = 0x40; trail <= 0xfc; trail += 1)
      pairs.set(decoder.decode(Uint8Array.of(lead, trail)), [lead, trail]);
  }
  const encode = (text: string) =>
    Uint8Array.from(
      [...text].flatMap((sign) => (sign < '\x80' ? [sign.charCodeAt(0)] : (pairs.get(sign) ?? []))),
    );
  const file = encode(`${cp932}\n事実,①,髙﨑,x,y,2026-11-24 10:00`);
  expect(parseSurveyReport(file).facts[0]).toMatchObject({ item: '①', value: '髙﨑' });
});

test('every bad line has its sentence, fifty at most', () => {
  const fields = refused(
    bytes(
      header,
      '種,,,,,,,,,,',
      '事実,x,,,,,,,,,',
      '指摘,x,,,,,,constructor,y,,',
      '指摘,x,,,,,,注意,y,-1,',
      '事実,DB数,二,a,b,2026-11-24 10:00',
      feasible,
      feasible,
    ),
  );
  expect(Object.keys(fields)).toEqual(['2行目', '3行目', '4行目', '5行目', '6行目', '8行目']);
  expect(fields['3行目']).toBe('「値」「方法」「根拠」「日時」を入力してください。');
  expect(Object.keys(refused(bytes(header, feasible, ...Array(200).fill('x,,'))))).toHaveLength(50);
});

test('line numbers stay right after a cell of several lines', () => {
  expect(Object.keys(refused(bytes(header, feasible, '未調査,"a\r\nb\r\nc",,,,,,,,,x', 'x')))).toEqual([
    '6行目',
  ]);
});

test.each([
  ['a workbook', Uint8Array.of(0x50, 0x4b, 3, 4)],
  ['NUL', bytes(header, 'a\0b')],
  ['neither encoding', Uint8Array.of(0x82, 0xff, 0xff)],
  ['too large', new Uint8Array(1_000_001).fill(0x61)],
  ['no verdict', bytes(header)],
])('the file as a whole is refused: %s', (_, file) => {
  expect(Object.keys(refused(file))).toEqual(['']);
});

test.each([
  ['no header', bytes('a,b')],
  ['strange column', bytes(`${header},色`)],
  ['column twice', bytes(`${header},値`)],
  ['open quote', bytes(header, '"x')],
  ['quote inside', bytes(header, 'x"y')],
  ['after the quote', bytes(header, '"x"y')],
  ['long cell', bytes(header, 'x'.repeat(2_001))],
  ['many rows', bytes(header, ...Array(5_001).fill(feasible))],
  ['many columns', bytes(header, ','.repeat(20))],
  ['control characters', bytes(header, feasible, '未調査,\x1b[31m,,,,,,,,,x')],
  ['a key', bytes(header, feasible, '未調査,-----BEGIN OPENSSH PRIVATE KEY-----,,,,,,,,,x')],
])('refused with its line: %s', (_, file) => {
  expect(Object.keys(refused(file))[0]).toMatch(/^\d+行目$/);
});

test('formulas are made harmless, numbers and names stay', () => {
  const file = bytes(
    header,
    feasible,
    '事実,"=HYPERLINK(""http://evil"")",-5,@SUM(A1),"+cmd|\'/c calc\'!A0",2026-11-24 10:00',
  );
  expect(parseSurveyReport(file).facts[0]).toMatchObject({
    item: '\'=HYPERLINK("http://evil")',
    value: '-5',
    method: "'@SUM(A1)",
    evidence: "'+cmd|'/c calc'!A0",
  });
  expect(['-', '+81', '1+1', '髙﨑'].map(withoutFormula)).toEqual(['-', '+81', '1+1', '髙﨑']);
});

test('the template asks for the sizes of its plans, is refused as it is, and passes when filled in', () => {
  const template = surveyTemplate(sampleCase({ plans: ['web', 'mail'] }));
  expect(Object.values(refused(new TextEncoder().encode(template)))).toEqual([
    '「値」に「可」か「不可」を入力してください。',
    ...Array(4).fill('「値」「方法」「根拠」「日時」を入力してください。'),
  ]);
  let filled = template.replace('"判定","",""', '"判定","","可"');
  expect(filled).not.toBe(template);
  filled = filled.replaceAll(
    /("事実","[^"]*",)"","","",""/g,
    '$1"3","du -sk","/home/example","2026-11-24 10:00"',
  );
  const report = parseSurveyReport(new TextEncoder().encode(filled), ['web', 'mail']);
  expect(report.facts).toHaveLength(4);
  // The examples are nobody's survey, and cost nothing.
  expect(report).toMatchObject({ feasible: true, findings: [], notSurveyed: [] });
  expect(refused(new TextEncoder().encode(filled), ['database'])).toEqual({
    '': expect.stringContaining('DB容量(GB)、DB数'),
  });
});

test('what is written is read back, whatever is in the cells', () => {
  const cell = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replace(/\r\n?/g, '\n'));
  const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 5 }), { maxLength: 8 });
  fc.assert(
    fc.property(table, (rows) => {
      const text = rows.map(csvLine).join('');
      const read = parseCsv(text, { rows: 100, columns: 10, cell: 1_000 });
      expect(read.map((row) => row.cells)).toEqual(rows.map((row) => row.map(withoutFormula)));
    }),
  );
});

test('any bytes end in a report or in a refusal', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => {
      const file = Uint8Array.from([...bytes(header, feasible, ''), ...noise]);
      try {
        expect(parseSurveyReport(file).feasible).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidInputError);
      }
    }),
  );
});
