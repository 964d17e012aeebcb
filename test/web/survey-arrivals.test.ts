import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { largestSurveyBytes } from '../../functions/case/survey-encoding.ts';
import { receiveSurvey } from '../../functions/receive-survey.ts';
import { surveyFile } from '../../local/play/survey-file.ts';
import { takeSurveys } from '../../local/survey-folder.ts';
import { Office } from './office.ts';

let office: Office;
beforeEach(async () => {
  office = new Office();
  await office.playUntil('survey');
});
afterEach(() => office.close());

const goodReport = () => surveyFile(office.clock.now());
/** Two mistakes, on lines 3 and 6. */
const badReport = () => goodReport().replace('"1.2"', '"約1"').replace('注意', 'ふつう');
const openSurvey = async () =>
  (await office.load()).tasks.some(({ id, status }) => id === 'survey.1' && status === 'open');
const engineersMails = () =>
  office.product.mailbox
    .listMails({ limit: 500 })
    .filter(({ to }) => to === office.ports.settings.mail.engineers)
    .map(({ id }) => office.product.mailbox.readMail(id)!);

describe('reports dropped into the folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = join(office.folder, 'surveys');
    mkdirSync(folder);
  });

  const drop = (name: string, content: string | Uint8Array, settledFor = 60) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    const at = Date.now() / 1000 - settledFor;
    utimesSync(path, at, at);
  };
  const take = () => takeSurveys(office.ports, folder);
  const standing = () => readdirSync(folder).sort();

  test('a good one completes the survey, once, and says so by its name', async () => {
    const name = `${office.reference}.csv`;
    drop(name, goodReport());
    expect(await take()).toBe(1);
    expect(standing()).toEqual([`${name}.received`]);
    expect((await office.load()).survey).toMatchObject({ feasible: true });
    expect(await take()).toBe(0);
    // The process may have died between the record and the name: the file is met again.
    drop(name, goodReport());
    const before = (await office.load()).version;
    expect(await take()).toBe(1);
    expect(standing()).toEqual([`${name}.received`]);
    expect((await office.load()).version).toBe(before);
    await office.settle();
    expect((await office.load()).tasks.at(-1)?.kind).toBe('formal-quote-review');
  });

  test('a bad one is answered line by line, beside the file and by mail; the step stays open for the next', async () => {
    const name = `${office.reference}.csv`;
    drop(name, badReport());
    await take();
    expect(standing()).toEqual([`${name}.refused`, `${name}.refused.txt`]);
    const lines = readFileSync(join(folder, `${name}.refused.txt`), 'utf8')
      .trimEnd()
      .split('\n');
    expect(lines).toEqual([expect.stringMatching(/3.*数字/), expect.stringMatching(/6.*重要度/)]);
    expect(await openSurvey()).toBe(true);
    await office.settle();
    const [mail] = engineersMails();
    for (const line of lines) expect(mail?.text).toContain(line.replace(/^.*?: /, ''));
    drop(name, goodReport());
    await take();
    expect(standing()).toContain(`${name}.received`);
    expect(await openSurvey()).toBe(false);
  });

  test('one that is still being copied is left alone', async () => {
    // Its time is ahead of the clock: however slow the machine is, it has changed just now.
    drop(`${office.reference}.csv`, '種別,項', -3_600);
    expect(await take()).toBe(0);
    expect(standing()).toEqual([`${office.reference}.csv`]);
  });

  test('names that are no reference are nobody’s business', async () => {
    const names = [
      'HK-2222-2222.csv.bak',
      '..csv',
      'x.csv',
      `${office.reference}.xlsx`,
      `${office.reference}.csv.received`,
      `a${office.reference}.csv`,
      '..%2f..%2fetc%2fpasswd.csv',
      '__proto__.csv',
      `${'長'.repeat(60)}.csv`,
    ];
    for (const name of names) drop(name, goodReport());
    expect(await take()).toBe(0);
    expect(standing()).toEqual([...names].sort());
    expect(await openSurvey()).toBe(true);
  });

  test('a case that is not there, or waits for no survey, is refused in words', async () => {
    drop('HK-2222-2222.csv', goodReport());
    const other = new Office();
    try {
      await other.openCase();
      drop(`${other.reference}.csv`, goodReport());
      await take();
      const names = ['HK-2222-2222.csv', `${other.reference}.csv`];
      expect(standing()).toEqual(names.flatMap((name) => [`${name}.refused`, `${name}.refused.txt`]).sort());
      for (const name of names)
        expect(readFileSync(join(folder, `${name}.refused.txt`), 'utf8')).toMatch(
          /受け付けられる状態ではありません/,
        );
    } finally {
      other.close();
    }
  });

  test('links, folders and pipes under the name of a report are refused, and hold up no other', async () => {
    const outside = join(office.folder, 'outside.csv');
    writeFileSync(outside, goodReport());
    // Names that sort before and after the real one.
    const odd = ['HK-2222-2222', 'HK-3333-3333', 'HK-ZZZZ-ZZZZ', 'HK-YYYY-YYYY'].map(withCheckSign);
    symlinkSync(outside, join(folder, `${odd[0]}.csv`));
    symlinkSync(join(folder, 'nowhere'), join(folder, `${odd[1]}.csv`));
    mkdirSync(join(folder, `${odd[2]}.csv`));
    execFileSync('mkfifo', [join(folder, `${odd[3]}.csv`)]);
    const long = new Date(Date.now() - 60_000);
    for (const name of [odd[2], odd[3]]) utimesSync(join(folder, `${name}.csv`), long, long);
    execFileSync('touch', [
      '-h',
      '-d',
      '1 minute ago',
      ...[odd[0], odd[1]].map((name) => join(folder, `${name}.csv`)),
    ]);
    drop(`${office.reference}.csv`, goodReport());
    expect(await take()).toBe(5);
    expect(await openSurvey()).toBe(false);
    for (const name of odd) {
      expect(existsSync(join(folder, `${name}.csv`))).toBe(false);
      expect(readFileSync(join(folder, `${name}.csv.refused.txt`), 'utf8')).toMatch(/ファイル/);
    }
    expect(readFileSync(outside, 'utf8')).toBe(goodReport());
    expect(await take()).toBe(0);
  });

  test.each<[string, () => Uint8Array, RegExp]>([
    ['a huge file', () => new Uint8Array(3 * largestSurveyBytes).fill(0x61), /1MB/],
    ['a workbook', () => new Uint8Array([0x50, 0x4b, 3, 4, 0, 0]), /Excel/],
    ['bytes', () => new Uint8Array([0, 1, 2, 255]), /CSV/],
    ['nothing', () => new Uint8Array(), /./],
    ['no text in any encoding', () => new Uint8Array([0xff, 0xff, 0xfd, 0x80, 0x0a]), /文字コード/],
    ['a cell without an end', () => Buffer.from('種別,項目\n"判定,可'), /閉じ/],
    ['thousands of rows', () => Buffer.from(`種別,値\n${'判定,可\n'.repeat(6_000)}`), /行以内/],
    [
      'a private key',
      () => Buffer.from(`種別,項目,理由\n未調査,x,"-----BEGIN RSA PRIVATE KEY-----"\n`),
      /鍵/,
    ],
    ['formulas', () => Buffer.from('種別,値,理由\n=cmd|x,可,@x\n'), /種別/],
  ])('%s is refused with what to do', async (_, content, words) => {
    const name = `${office.reference}.csv`;
    drop(name, content());
    await take();
    expect(standing()).toEqual([`${name}.refused`, `${name}.refused.txt`]);
    expect(readFileSync(join(folder, `${name}.refused.txt`), 'utf8')).toMatch(words);
    expect(await openSurvey()).toBe(true);
  });

  test('a report that is valid and longer than a case can hold is refused, on the page too', async () => {
    const row = `"事実","所見","${'あ'.repeat(1_000)}","du","x","2026-11-24 10:00","","","","",""\r\n`;
    const report = goodReport() + row.repeat(250);
    expect(Buffer.byteLength(report)).toBeLessThan(largestSurveyBytes);
    const page = await office.player.sendSurvey(await office.load(), report);
    expect(page.status).toBe(422);
    drop(`${office.reference}.csv`, report);
    await take();
    expect(standing()).toContain(`${office.reference}.csv.refused`);
    expect(await openSurvey()).toBe(true);
  });
});

describe('reports that arrive in object storage', () => {
  const put = async (key: string, content: string) => {
    await office.ports.objects.put(key, Buffer.from(content));
    return eventOf(key, Buffer.byteLength(content));
  };
  const eventOf = (key: string, size: number) => ({
    version: '0',
    id: '17793124-05d4-b198-2fde-7ededc63b103',
    'detail-type': 'Object Created',
    source: 'aws.s3',
    detail: {
      version: '0',
      bucket: { name: 'temporary' },
      object: { key, size, etag: 'x', sequencer: '1' },
      reason: 'PutObject',
    },
  });
  const keyOf = (name = 'report.csv') => `temporary/surveys/${office.reference}/${name}`;

  test('a good one completes the survey and leaves; the same event again does no harm', async () => {
    const event = await put(keyOf('調査 報告.csv'), goodReport());
    expect(await receiveSurvey(event, office.ports)).toEqual({ status: 'done' });
    expect(await office.ports.objects.size(keyOf('調査 報告.csv'))).toBeUndefined();
    const before = office.state();
    for (let again = 0; again < 4; again += 1)
      expect(await receiveSurvey(event, office.ports)).toEqual({ status: 'gone' });
    expect(office.state() === before).toBe(true);
  });

  test('a bad one is answered by mail, line by line, and leaves too', async () => {
    const event = await put(keyOf(), badReport());
    expect(await receiveSurvey(event, office.ports)).toEqual({ status: 'refused' });
    expect(await office.ports.objects.size(keyOf())).toBeUndefined();
    expect(await openSurvey()).toBe(true);
    await office.settle();
    expect(engineersMails()[0]?.text).toMatch(/3.*数字[\s\S]*6.*重要度/);
    expect(await receiveSurvey(await put(keyOf('again.csv'), goodReport()), office.ports)).toEqual({
      status: 'done',
    });
  });

  test('after a failure it is still there for the next attempt', async () => {
    const event = await put(keyOf(), goodReport());
    const failing = {
      ...office.ports,
      records: { ...office.ports.records, commit: () => Promise.reject(new Error('throttled')) },
    };
    await expect(receiveSurvey(event, failing)).rejects.toThrow('throttled');
    expect(await office.ports.objects.size(keyOf())).toBeGreaterThan(0);
    expect(await receiveSurvey(event, office.ports)).toEqual({ status: 'done' });
  });

  test('of two that arrive at once one is taken', async () => {
    const events = [await put(keyOf('a.csv'), goodReport()), await put(keyOf('b.csv'), goodReport())];
    const statuses = await Promise.all(events.map((event) => receiveSurvey(event, office.ports)));
    expect(statuses.map(({ status }) => status).sort()).toEqual(['already', 'done']);
    expect(
      (await office.ports.records.history(office.reference))
        .filter(({ details }) => details.task === 'survey.1')
        .map(({ what }) => what),
    ).toEqual(['task-opened', 'task-completed']);
  });

  test('for a case that is not there it is taken away', async () => {
    const event = await put('temporary/surveys/HK-2222-2222/x.csv', goodReport());
    expect(await receiveSurvey(event, office.ports)).toEqual({ status: 'gone' });
    expect(await office.ports.objects.size('temporary/surveys/HK-2222-2222/x.csv')).toBeUndefined();
  });

  test('what is larger than it may be is not read to its end', async () => {
    const key = keyOf('huge.csv');
    await office.ports.objects.put(key, new Uint8Array(4 * largestSurveyBytes).fill(0x61));
    let read = 0;
    const counting = {
      ...office.ports,
      objects: {
        ...office.ports.objects,
        async *get(...asked: Parameters<typeof office.ports.objects.get>) {
          for await (const part of office.ports.objects.get(...asked)) {
            read += part.byteLength;
            yield part;
          }
        },
      },
    };
    expect(await receiveSurvey(eventOf(key, 4 * largestSurveyBytes), counting)).toEqual({
      status: 'refused',
    });
    expect(read).toBeLessThanOrEqual(largestSurveyBytes + 1);
  });

  test.each([
    'temporary/surveys/HK-2222-2222/a/b.csv',
    'temporary/surveys/x.csv',
    'temporary/HK-2222-2222/web/1/plan.json',
    'records/HK-2222-2222/x.csv',
    'temporary/surveys//x.csv',
    'temporary/surveys/../../etc/passwd',
    '',
  ])('an event about %j is not one of ours', async (key) => {
    const before = office.state();
    await expect(receiveSurvey(eventOf(key, 10), office.ports)).rejects.toThrow();
    expect(office.state() === before).toBe(true);
  });
});

/** A reference with the right check sign in place of its last. */
function withCheckSign(reference: string): string {
  const signs = '23456789ABCDEFGHJKMNPQRSTWXYZ';
  const bare = reference.replace(/^HK-|-/g, '').slice(0, 7);
  const sum = [...bare].reduce((total, sign, at) => total + signs.indexOf(sign) * (at + 2), 0);
  return `${reference.slice(0, -1)}${signs[sum % signs.length]}`;
}
