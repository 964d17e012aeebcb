import { expect, test } from '@jest/globals';
import { answersOf } from '../../functions/case/answers.ts';
import type { Field } from '../../functions/case/form.ts';
import { type TaskKind, taskKinds, tasks } from '../../functions/case/tasks.ts';
import { fieldView } from '../../functions/pages/fields.ts';
import { errorSummary, formBody } from '../../functions/pages/form-body.ts';
import { formPage } from '../../functions/pages/form-page.ts';
import { stylesheet } from '../../functions/pages/style.ts';
import { quoteOf } from '../letters/samples.ts';
import { readMarkup, textOf } from './read-markup.ts';
import { documents, formView } from './samples.ts';

const sections: { title: string; fields: Field[] }[] = [
  {
    title: 'お客さま',
    fields: [
      { name: 'company', label: '会社名', kind: 'text', required: true, help: '登記のとおりに' },
      { name: 'size', label: '容量', kind: 'number', unit: 'GB' },
      {
        name: 'plans',
        label: 'プラン',
        kind: 'checkboxes',
        options: [
          { value: 'web', label: 'Web' },
          { value: 'mail', label: 'メール' },
        ],
      },
      {
        name: 'kind',
        label: '種類',
        kind: 'radio',
        options: [
          { value: 'a', label: 'A' },
          { value: 'b', label: 'B' },
        ],
      },
      {
        name: 'server',
        label: 'サーバ',
        kind: 'select',
        options: [
          { value: 'm', label: 'M' },
          { value: 's', label: 'S' },
        ],
      },
      { name: 'agree', label: '同意します', kind: 'tick' },
      { name: 'note', label: '備考', kind: 'textarea' },
      { name: 'day', label: '日付', kind: 'date' },
      { name: 'password', label: 'パスワード', kind: 'password' },
      { name: 'key', label: '秘密鍵', kind: 'textarea', secret: true },
    ],
  },
];
const typed = {
  company: '髙﨑 "株式会社"',
  size: '１２',
  plans: ['mail'],
  kind: 'b',
  server: 's',
  agree: 'yes',
  note: '\n一行目\n二行目',
  day: '2026-12-01',
  password: 'pass-phrase-1',
  key: '-----BEGIN KEY-----',
};

test('what was typed is kept, save passwords and keys', () => {
  const body = String(formBody({ form: { sections, submit: '送信' }, typed }));
  const tags = readMarkup(body);
  const values = tags
    .filter(({ name }) => name === 'input')
    .map(({ attributes }) => [attributes.get('name'), attributes.get('value')]);
  expect(values).toContainEqual(['company', typed.company]);
  expect(values).toContainEqual(['size', '１２']);
  expect(values).toContainEqual(['day', '2026-12-01']);
  const chosen = tags
    .filter(({ attributes }) => attributes.has('checked') || attributes.has('selected'))
    .map(({ attributes }) => attributes.get('value'));
  expect(chosen).toEqual(['mail', 'b', 's', 'yes']);
  // The first line feed is the parser's: the person's own follows it.
  expect(body).toContain('>\n\n一行目\n二行目</textarea>');
  expect(body).not.toContain('pass-phrase-1');
  expect(body).not.toContain('BEGIN KEY');
});

test('an error stands at its field, in the summary, and is read with the field', () => {
  const problems = {
    company: '会社名を入力してください。',
    plans: 'プランを選んでください。',
    '': '全体の確認',
  };
  const body = String(formBody({ form: { sections, submit: '送信' }, problems }));
  for (const [name, control] of [
    ['company', 'input'],
    ['plans', 'fieldset'],
  ] as const) {
    const described = readMarkup(body).find(
      (tag) =>
        tag.name === control && tag.attributes.get('aria-describedby')?.includes(`field-${name}-problem`),
    );
    expect(described?.attributes.get('aria-invalid')).toBe('true');
    expect(body).toMatch(new RegExp(`id="field-${name}-problem">.*?${problems[name]}`));
  }
  const summary = String(
    errorSummary(
      sections.flatMap(({ fields }) => fields),
      problems,
    ),
  );
  expect(summary).toContain('3件');
  const links = readMarkup(summary)
    .filter(({ name }) => name === 'a')
    .map(({ attributes }) => attributes.get('href'));
  expect(links).toEqual(['#field-company', '#field-plans-0']);
  const ids = new Set(readMarkup(body).map(({ attributes }) => attributes.get('id')));
  for (const link of links) expect(ids).toContain(link?.slice(1));
  expect(readMarkup(summary)[0]?.attributes.has('autofocus')).toBe(true);
});

test('a day that is none stays as it was typed', () => {
  const view = (value: string) =>
    String(fieldView({ name: 'd', label: '日', kind: 'date' }, { d: value }, undefined));
  expect(view('2026-02-28')).toContain('type="date"');
  expect(view('来月の初め')).toContain('type="text" id="field-d" name="d" value="来月の初め"');
});

test('the form is posted to where it was opened: no address and no token in it', () => {
  const form = readMarkup(formPage(formView('consent'))).find(({ name }) => name === 'form');
  expect(form?.attributes.has('action')).toBe(false);
  expect(form?.attributes.get('method')).toBe('post');
});

const customers = taskKinds.filter((kind) => tasks[kind].actor === 'customer');
const quoteKinds: Partial<Record<TaskKind, 'simple' | 'formal'>> = {
  'formal-quote-request': 'simple',
  order: 'formal',
};

test.each(customers.filter((kind) => kind !== 'extra-order'))(
  '%s says where one is, by when, and has one button',
  (kind) => {
    const quoteKind = quoteKinds[kind];
    const page = formPage(formView(kind, quoteKind ? { quote: quoteOf(quoteKind) } : {}));
    const buttons = readMarkup(page).filter(({ name }) => name === 'button');
    expect(buttons.filter(({ attributes }) => attributes.get('type') !== 'button')).toHaveLength(1);
    const text = textOf(page);
    expect(text).toContain('2026年12月18日（金） 23:59まで');
    expect(text).toContain('HK-7K3M-Q2T9');
    expect(page).toContain('aria-current="step"');
  },
);

test.each([
  [
    'hearing-sheet',
    [
      '簡易お見積もりではお申し込みいただけません',
      'お引き受けできない場合',
      'サイボウズ®Office インストール作業',
    ],
  ], // R28 R15 R10
  [
    'consent',
    [
      '必ずデータのバックアップ',
      'お引き受けできない場合',
      '直接ご連絡',
      '速やかに消去',
      'あらかじめお申し出',
    ],
  ], // R19 R15 R2 R24 R23
  ['order', ['キャンセルも変更もできません', '必ずデータのバックアップ', '追加料金']], // R33 R19 R17
  ['acceptance', ['検収完了後の追加作業は致しかねます']], // R16
] as const)('%s says what the specification wants said', (kind, sentences) => {
  const text = textOf(formPage(formView(kind, { documents })));
  for (const sentence of sentences) expect(text).toContain(sentence);
});

test('what an earlier run moved is moved for the customer, on the page as on the certificate', () => {
  const last = {
    plan: 'mail' as const,
    run: 2,
    finishedAt: '2026-12-10T14:00:00.000Z',
    objects: 38,
    moved: 2,
    altered: 1,
    skipped: 1,
    unchanged: 34,
    unexplained: 0,
    bytes: 0,
  };
  const text = textOf(formPage(formView('acceptance', { results: [last] })));
  expect(text).toMatch(/移行済み\s*36件\s*調整して移行\s*1件\s*対象外\s*1件/);
  expect(text).not.toContain('変更なし');
});

test('a Smile Server customer reads that there is no Cybozu (R8, R11)', () => {
  expect(textOf(formPage(formView('hearing-sheet', { serverKind: 'smile' })))).toContain(
    'スマイルサーバではサイボウズをご利用いただけません',
  );
});

test('the four documents are there with their revisions (R25)', () => {
  const page = formPage(formView('consent', { documents }));
  for (const { title, revision, href } of documents) {
    expect(page).toContain(title);
    expect(page).toContain(revision);
    expect(page).toContain(`href="${href}"`);
  }
  expect(documents).toHaveLength(4);
});

test('a simple quote says that it cannot be ordered from, a formal one does not (R28)', () => {
  const sentence = '本見積ではお申し込みいただけません。';
  expect(
    textOf(formPage(formView('formal-quote-request', { quote: quoteOf('simple', 4, { notes: [] }) }))),
  ).toContain(sentence);
  expect(textOf(formPage(formView('order', { quote: quoteOf('formal') })))).not.toContain(sentence);
});

test('answers are shown by their labels, passwords never', () => {
  const [section] = answersOf(sections, {
    ...typed,
    agree: true,
    plans: ['web', 'mail'],
    size: 12,
    note: undefined,
  });
  expect(Object.fromEntries(section?.answers.map(({ label, value }) => [label, value]) ?? [])).toEqual({
    会社名: typed.company,
    容量: '12 GB',
    プラン: 'Web、メール',
    種類: 'B',
    サーバ: 'S',
    同意します: 'はい',
    備考: '（未記入）',
    日付: '2026年12月1日（火）',
    パスワード: '（安全のため表示しません）',
    秘密鍵: '（安全のため表示しません）',
  });
});

test('a choice without an alternative is made already; with one it is not', () => {
  const radio = (values: string[]) =>
    String(
      fieldView(
        {
          name: 'p',
          label: '方法',
          kind: 'radio',
          required: true,
          options: values.map((value) => ({ value, label: value })),
        },
        {},
        undefined,
      ),
    );
  expect(radio(['sftp'])).toContain(' checked');
  expect(radio(['sftp', 'ftps'])).not.toContain(' checked');
});

test('in the summary of errors a label that is a sentence stands in brackets', () => {
  const fields: Field[] = [
    { name: 'a', label: '確認しました。', kind: 'tick' },
    { name: 'b', label: '会社名', kind: 'text' },
  ];
  const text = textOf(String(errorSummary(fields, { a: 'チェックしてください。', b: '入力してください。' })));
  expect(text).toContain('「確認しました」: チェックしてください。');
  expect(text).toContain('会社名: 入力してください。');
});

test('a chapter that depends on a choice can be hidden, not while it holds an error; the chapters count themselves', () => {
  const { form } = formView('hearing-sheet');
  const chapters = (problems: Record<string, string>) =>
    readMarkup(String(formBody({ form, problems })))
      .map(({ attributes }) => attributes.get('class') ?? '')
      .filter((name) => name.startsWith('card chapter'));
  expect(chapters({}).filter((name) => name.includes('when-plans-'))).toHaveLength(4);
  expect(chapters({ mailAccounts: '整数で' }).filter((name) => name.includes('when-plans-'))).toHaveLength(3);
  expect(String(formBody({ form }))).not.toContain(' / 8');
  expect(String(formBody({ form: formView('consent').form }))).toContain('1 / 2');
});

test('every choice that a chapter of a form depends on is one that the stylesheet knows', () => {
  const depending = taskKinds
    .filter((kind) => kind !== 'survey' && kind !== 'extra-order')
    .flatMap((kind) => formView(kind).form.sections)
    .flatMap(({ when }) => (when ? [`.when-${when.field}-${when.value} {`] : []));
  expect(depending.length).toBeGreaterThan(4);
  for (const rule of depending) expect(stylesheet).toContain(rule);
});

test('a list that was handed in opens with every line; a secret one with what was given, until it is changed', () => {
  const inside = (field: Field, typed: Record<string, string | string[]>) =>
    /<textarea[^>]*>\n([^<]*)<\/textarea>/.exec(String(fieldView(field, typed, undefined)))?.[1];
  const domains: Field = { name: 'domains', label: 'ドメイン', kind: 'textarea' };
  expect(inside(domains, { domains: ['example.jp', 'example.com'] })).toBe('example.jp\nexample.com');
  const list: Field = { ...domains, secret: true, given: 'a@example.jp\nb@example.jp' };
  expect(inside(list, {})).toBe(list.given);
  expect(inside(list, { domains: 'a@example.jp\r\nb@example.jp' })).toBe(list.given);
  expect(inside(list, { domains: 'a@example.jp,himitsu' })).toBe('');
});
