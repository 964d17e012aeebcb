import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { LetterName } from '../../functions/case/case.ts';
import { checkMail } from '../../functions/case/outgoing-mail.ts';
import { sampleSettings } from '../../functions/case/sample-settings.ts';
import { type TaskKind, taskKinds, tasks } from '../../functions/case/tasks.ts';
import type { LetterView } from '../../functions/letters/letter.ts';
import { renderLetter } from '../../functions/letters/render-letter.ts';
import { readMarkup } from '../pages/read-markup.ts';
import { caseOf, company, invoiceOf, quoteOf } from './samples.ts';

const link = 'https://hikkoshi.example.jp/t/AbC-dEf_123';
const c = caseOf();

function view(letter: LetterName, kind: TaskKind | undefined, changes: Partial<LetterView> = {}): LetterView {
  return {
    letter,
    to: kind ? tasks[kind].actor : 'customer',
    case: c,
    settings: sampleSettings,
    ...(kind && {
      task: {
        kind,
        dueAt: '2026-12-18T14:59:59.999Z',
        remarks: '署名が\n会社名です',
        completedAt: '2026-12-08T03:00:00.000Z',
      },
    }),
    ...changes,
  };
}

function checked(letter: LetterView) {
  const mail = renderLetter(letter);
  checkMail({ messageId: '<a@example.jp>', to: 'a@example.jp', ...mail, attachments: [] });
  readMarkup(mail.html);
  expect(mail.subject).toContain('HK-7K3M-Q2T9');
  expect(mail.text).not.toContain('undefined');
  return mail;
}

const asking = ['task-opened', 'task-returned', 'task-reminder'] as const;

describe.each(taskKinds.map((kind) => ({ kind, title: tasks[kind].title })))('$kind', ({ kind }) => {
  test.each(asking)('%s: what, by when, and one link on a line of its own', (letter) => {
    const mail = checked(view(letter, kind, { link }));
    expect(mail.text.split('\n').filter((line) => line === link)).toHaveLength(1);
    expect(mail.text.split(link)).toHaveLength(2);
    expect(mail.html).toContain(`href="${link}"`);
    expect(mail.text).toContain('2026年12月18日（金） 23:59まで（日本時間）');
    if (tasks[kind].actor !== 'customer') return;
    expect(mail.text).toContain('お世話になっております');
    expect(mail.text).toContain(`${company}\n𠮷田 﨑子 様`);
    expect(mail.text).toContain('北斗システムジャパン'); // R2
    expect(mail.text).toContain('スマートコネクト マネージドサーバ サービス仕様書'); // R39
    expect(mail.text).toMatch(/期限までに.*ない場合/); // what happens otherwise
  });

  test('an expired step is told without a link', () => {
    const mail = checked(view('task-expired', kind));
    expect(mail.subject).toMatch(/期限/);
    expect(mail.text).not.toMatch(/https?:/);
  });

  test('a receipt lists what was received (R34)', () => {
    const received = [
      { title: 'ご署名', answers: [{ label: 'お名前', value: '𠮷田 﨑子\n情報システム部' }] },
    ];
    const mail = checked(view('received', kind, { to: 'customer', received }));
    expect(mail.text).toContain('・お名前: 𠮷田 﨑子\n  情報システム部');
    expect(mail.text).toContain('2026年12月8日（火） 12:00');
  });
});

test.each<[LetterName, Partial<LetterView>, string[]]>([
  [
    'simple-quote',
    { quote: quoteOf('simple'), link, attachments: ['Q.pdf'] },
    ['簡易お見積もりではお申し込みいただけません', '136,500円', link, 'Q.pdf'],
  ], // R28
  [
    'migration-scheduled',
    {
      schedule: {
        startsAt: '2026-12-10T13:00:00.000Z',
        windowEndsAt: '2026-12-10T21:00:00.000Z',
        copyHours: '毎日 22:00から翌6:00まで',
        customerWork: 'DNS の変更',
      },
    },
    [
      '毎日 22:00から翌6:00まで（日本時間）',
      '2026年12月10日（木） 22:00',
      '2026年12月11日（金） 06:00',
      'DNS の変更',
      '必ずデータのバックアップ',
    ],
  ], // R36 R19
  ['accepted', {}, ['キャンセル・変更はできません', 'バックアップ']], // R33 R19
  [
    'declined',
    { reason: '容量が\n上限を超えています' },
    ['お引き受けいたしかねる', '容量が\n上限を超えています', '消去'],
  ], // R15 R24
  ['closed', {}, ['終了', '消去']],
  ['completed', {}, ['検収が完了', '検収完了後の追加作業は致しかねます']], // R16 R38
])('%s to the customer says what it must', (letter, changes, sentences) => {
  const kind = letter === 'simple-quote' ? 'formal-quote-request' : undefined;
  const mail = checked(view(letter, kind, { to: 'customer', ...changes }));
  for (const sentence of sentences) expect(mail.text).toContain(sentence);
});

test('a person without a company is called by name, and nothing stays empty', () => {
  const { case: c } = view('task-opened', 'consent');
  const person = { ...c, customer: { ...c.customer, company: '', person: '山田 花子' } };
  const mail = checked(view('task-opened', 'consent', { case: person }));
  expect(mail.text).toMatch(/^山田 花子 様\n/);
  const toStaff = checked(view('task-opened', 'consent-review', { case: person, to: 'staff' }));
  expect(toStaff.subject).toContain('（山田 花子）');
  expect(toStaff.text).toContain('お客さま: 山田 花子 様');
});

test('finance reads number, recipient and sum of the invoice', () => {
  const mail = checked(view('invoice-issued', undefined, { to: 'finance', invoice: invoiceOf(), link }));
  for (const shown of ['INV-HK-7K3M-Q2T9', '136,500円', '経理担当各位', link])
    expect(mail.text).toContain(shown);
});

test('engineers read what is wrong with a survey, line by line', () => {
  const mail = checked(
    view('survey-refused', 'survey', {
      task: {
        kind: 'survey',
        dueAt: '2026-12-18T14:59:59.999Z',
        facts: { errors: '3行目: 重要度がありません\n7行目: 数字ではありません' },
      },
    }),
  );
  expect(mail.text).toContain('3行目: 重要度がありません\n7行目: 数字ではありません');
});

test('colleagues read which file has to be deleted at a source that is still closed', () => {
  const leftToDo = '移行元サーバのファイル /home/cbag/maint を手で削除してください。';
  const mail = checked(view('source-still-closed', undefined, { to: 'engineer', leftToDo, link }));
  for (const shown of [leftToDo, link]) expect(mail.text).toContain(shown);
});

test('staff read which step is overdue', () => {
  const mail = checked(
    view('task-opened', 'escalation', {
      task: { kind: 'escalation', dueAt: '2026-12-18T14:59:59.999Z', facts: { about: 'consent' } },
    }),
  );
  expect(mail.text).toContain('対象：同意書のご記入');
});

test('a Smile Server customer is sent to the Smile Server support (R39)', () => {
  const smile = caseOf({ customer: { ...c.customer, serverKind: 'smile' } });
  expect(checked(view('task-opened', 'consent', { case: smile })).text).toContain(
    'スマイルサーバ V4 サービス仕様書',
  );
});

test('whatever was typed: one line of subject, no control signs, the HTML is whole, one link', () => {
  const typed = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom(
      'v@x\r\nBcc: evil@x',
      '\u2028Subject: x',
      '"><img src=x onerror=y>',
      '\u001b[2J',
      '</p><script>',
    ),
  );
  fc.assert(
    fc.property(
      typed,
      typed,
      typed,
      fc.constantFrom<LetterName>('task-opened', 'task-returned', 'declined', 'received', 'task-reminder'),
      fc.boolean(),
      (name, person, remarks, letter, internal) => {
        const customer = { ...c.customer, company: `x${name}`, person: `x${person}` };
        const kind: TaskKind = internal ? 'order-review' : 'order';
        const received = [{ title: name, answers: [{ label: person, value: remarks }] }];
        const mail = renderLetter(
          view(letter, kind, {
            case: { ...c, customer },
            reason: remarks,
            link,
            received,
            task: { kind, dueAt: '2026-12-18T14:59:59.999Z', remarks },
          }),
        );
        checkMail({ messageId: '<a@example.jp>', to: 'a@example.jp', ...mail, attachments: [] });
        expect(mail.text).not.toMatch(/[^\P{Cc}\n\t]/u);
        const tags = readMarkup(mail.html);
        expect(
          tags.some(
            ({ name: tag, attributes }) =>
              ['script', 'img'].includes(tag) || [...attributes.keys()].some((key) => key.startsWith('on')),
          ),
        ).toBe(false);
      },
    ),
  );
});
