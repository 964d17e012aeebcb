import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { webAccess } from '../../functions/case/access.ts';
import { answersOf } from '../../functions/case/answers.ts';
import type { Case } from '../../functions/case/case.ts';
import { InvalidInputError } from '../../functions/case/errors.ts';
import { type Posted, parseForm } from '../../functions/case/form.ts';
import { formFor, newCaseForm, splitSecrets } from '../../functions/case/forms/index.ts';
import { sourceMailAccess } from '../../functions/case/mail-access.ts';
import { formalQuote } from '../../functions/case/make-quote.ts';
import { sampleSettings as settings } from '../../functions/case/sample-settings.ts';
import { type TaskKind, taskKinds } from '../../functions/case/tasks.ts';
import { now, postedHearingSheet, sampleCase, sampleSurvey, submitted } from './sample-case.ts';

const parse = (kind: TaskKind, posted: Posted, c: Case = sampleCase()) =>
  parseForm(formFor(kind, c, settings, now), posted);

function refused(kind: TaskKind, posted: Posted, c: Case = sampleCase()): Record<string, string> {
  return refusal(() => parse(kind, posted, c));
}

function refusal(attempt: () => unknown): Record<string, string> {
  try {
    attempt();
  } catch (error) {
    if (error instanceof InvalidInputError) return { ...error.fields };
    throw error;
  }
  throw new Error('the form was accepted');
}

const quoted = () => {
  const c = sampleCase({ survey: sampleSurvey() });
  return {
    ...c,
    quotes: [
      formalQuote({ c, settings, now }),
      { ...formalQuote({ c, settings, now }), kind: 'extra' as const },
    ],
  };
};

test('every step but the survey has a form whose fields are named once', () => {
  const c = quoted();
  for (const kind of taskKinds.filter((kind) => kind !== 'survey')) {
    const form = formFor(kind, c, settings, now);
    const names = form.sections.flatMap((section) => section.fields.map((field) => field.name));
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(names).size).toBe(names.length);
    const fields = Object.keys(refusal(() => parseForm(form, {})));
    expect(names).toEqual(expect.arrayContaining(fields));
    expect(fields.length).toBeGreaterThan(0);
  }
  expect(() => formFor('survey', c, settings, now)).toThrow('報告ファイル');
});

test('fields that are marked as required are exactly those that an empty form is refused for', () => {
  const c = { ...quoted(), plans: ['web', 'mail'] as Case['plans'] };
  const ruled = ['password', 'targetPassword', 'mailList']; // one of password and key, of list and file
  for (const kind of taskKinds.filter((kind) => kind !== 'survey')) {
    const form = formFor(kind, c, settings, now);
    const marked = form.sections
      .filter(({ when }) => !when)
      .flatMap((section) => section.fields.filter((field) => field.required).map((field) => field.name));
    const missing = Object.keys(refusal(() => parseForm(form, {}))).filter((name) => !ruled.includes(name));
    expect([kind, missing.sort()]).toEqual([kind, marked.sort()]);
  }
});

test('a chapter about a plan is required of those who chose the plan, and left out of the others’ answers', () => {
  const form = formFor('hearing-sheet', quoted(), settings, now);
  const chapters = form.sections.filter(({ when }) => when?.field === 'plans');
  expect(chapters.map(({ when }) => when?.value)).toEqual(['web', 'database', 'mail', 'cybozu']);
  for (const { when, fields } of chapters) {
    const posted = { plans: [when?.value ?? ''], cybozuInUse: 'yes' };
    const asked = Object.keys(refusal(() => parseForm(form, posted)));
    const required = fields.filter((field) => field.required).map((field) => field.name);
    expect(required.length).toBeGreaterThan(0);
    expect(asked).toEqual(expect.arrayContaining(required));
    const others = chapters.filter((other) => other.when !== when).flatMap((other) => other.fields);
    for (const { name } of others) expect(asked).not.toContain(name);
    const shown = answersOf(form.sections, posted).map(({ title }) => title);
    const bare = (title: string) => title.replace(/^\d+/, '');
    expect(chapters.filter(({ title }) => shown.map(bare).includes(bare(title)))).toHaveLength(1);
  }
});

test('the chapters that were answered are counted without a gap, as the page of the form counts them', () => {
  const { sections } = formFor('hearing-sheet', quoted(), settings, now);
  const titles = answersOf(sections, { plans: ['mail'] }).map(({ title }) => title);
  expect(titles.slice(2)).toEqual(['3. 移行するデータ', '4. メール', '5. ご希望']);
});

test('a host of a hearing sheet has a dot: a machine’s own name leads nowhere', () => {
  expect(
    refused('hearing-sheet', {
      ...postedHearingSheet,
      sourceHost: 'http://localhost/',
      domains: 'foo\nexample.jp',
    }),
  ).toEqual({
    sourceHost: expect.stringContaining('www.example.jp'),
    domains: expect.stringContaining('1行に1つ'),
  });
});

test('answers: moments as Japanese clocks show them, and of what went to the vault nothing, not even that it is missing', () => {
  const details = formFor('migration-details', quoted(), settings, now).sections;
  const said = answersOf(details, { startsAt: '2026-12-07T13:00:00.000Z', targetHost: 'new.example.jp' })
    .flatMap(({ answers }) => answers)
    .map(({ value }) => value);
  expect(said).toContain('2026年12月7日（月） 22:00');
  const source = formFor('source-access', quoted(), settings, now).sections;
  const access = answersOf(source, { host: 'old.example.jp' }).find(({ title }) => title === 'Web データ');
  expect(access?.answers.filter(({ value }) => value !== '（安全のため表示しません）')).toEqual([
    { label: '移行元のサーバ名（ホスト名）', value: 'old.example.jp' },
  ]);
});

test('a hearing sheet is normalised, names are kept as typed, empty answers are absent', () => {
  expect(parse('hearing-sheet', { ...postedHearingSheet, admin: 'true' })).toEqual({
    contractNumber: 'MS-000123',
    serverKind: 'managed',
    company: '株式会社髙﨑商店',
    kana: 'カブシキガイシャタカサキショウテン',
    person: '𠮷田 一郎',
    mail: 'yoshida@example.jp',
    phone: '03-1234-5678',
    postalCode: '123-4567',
    address: '東京都見本区1-2-3',
    sourceHost: 'www.example.jp',
    sourceVendor: '不明',
    accessKinds: ['sftp'],
    domains: ['example.jp', 'example.com'],
    dnsOwner: 'self',
    plans: ['web', 'mail'],
    webGigabytes: 0.79,
    mailAccounts: 1200,
    mailGigabytes: 1.5,
    mailProtocol: 'imap',
    cybozuInUse: 'no',
    wantedDate: '2027-01-15',
    copyHours: 'limited',
    copyFrom: '22:00',
    copyTo: '06:00',
    downtime: 'night',
    fixesWanted: 'consult',
  });
});

test('R27: what a chosen plan needs is asked for, together with everything else that is wrong', () => {
  const fields = refused('hearing-sheet', {
    ...postedHearingSheet,
    mail: 'a@b.jp, c@d.jp',
    mailAccounts: '',
    plans: ['mail', 'database'],
  });
  expect(Object.keys(fields).sort()).toEqual([
    'databaseCount',
    'databaseEngine',
    'databaseGigabytes',
    'mail',
    'mailAccounts',
  ]);
});

test('no password is left in a hearing sheet, Cybozu is offered only where it can go', () => {
  expect(refused('hearing-sheet', { ...postedHearingSheet, notes: 'FTPパスワード：abc' })).toHaveProperty(
    'notes',
  );
  const smile = sampleCase();
  smile.customer.serverKind = 'smile';
  expect(
    refused('hearing-sheet', { ...postedHearingSheet, serverKind: 'smile', plans: ['cybozu'] }, smile),
  ).toHaveProperty('plans');
  expect(refused('hearing-sheet', { ...postedHearingSheet, serverKind: 'smile' })).toHaveProperty(
    'serverKind',
  );
});

test.each(['hearing-sheet-review', 'consent-review', 'order-review', 'acceptance-review'] as const)(
  '%s: remarks when returned',
  (kind) => {
    expect(parse(kind, { decision: 'accepted', remarks: '' })).toEqual({ decision: 'accepted' });
    expect(parse(kind, { decision: 'returned', remarks: '電話番号' })).toEqual({
      decision: 'returned',
      remarks: '電話番号',
    });
    expect(Object.keys(refused(kind, { decision: 'returned', remarks: ' ' }))).toEqual(['remarks']);
  },
);

const ticks = [
  'documentsReviewed',
  'backup',
  'copying',
  'testAccounts',
  'disclosure',
  'liability',
  'decline',
  'hours',
  'erasure',
];
const consent = {
  ...Object.fromEntries(ticks.map((name) => [name, 'yes'])),
  backupDate: '2026-11-24',
  signer: '髙﨑',
  authority: 'delegated',
};

test.each(ticks)('R29: no consent without %s', (name) => {
  expect(parse('consent', consent)).toMatchObject({ [name]: true, signer: '髙﨑' });
  expect(Object.keys(refused('consent', { ...consent, [name]: '' }))).toEqual([name]);
});

test('R19: a backup of tomorrow is none, and today is the day in Japan', () => {
  expect(refused('consent', { ...consent, backupDate: '2026-11-25' })).toHaveProperty('backupDate');
  const midnight = new Date('2026-11-24T15:00:00Z');
  expect(
    parseForm(formFor('consent', sampleCase(), settings, midnight), { ...consent, backupDate: '2026-11-25' }),
  ).toMatchObject({ backupDate: '2026-11-25' });
});

const access = {
  backup: 'yes',
  backupDate: '2026-11-20',
  protocol: 'sftp',
  host: 'Old.example.jp',
  user: 'u1',
  password: ' s3cret ',
  root: '/var/www',
};

test('R24: of the source access only the host is a fact, and the vault gets a valid WebAccess', () => {
  const { facts, secrets } = splitSecrets(parse('source-access', access));
  expect(facts).toEqual({ backup: true, backupDate: '2026-11-20', host: 'old.example.jp' });
  expect(webAccess.parse(JSON.parse(secrets['source-web'] ?? ''))).toEqual({
    protocol: 'sftp',
    host: 'old.example.jp',
    port: 22,
    user: 'u1',
    password: ' s3cret ',
    root: '/var/www',
  });
});

test('source access asks by plan', () => {
  expect(refused('source-access', { ...access, password: '' })).toEqual({
    password: expect.stringContaining('秘密鍵'),
  });
  expect(refused('source-access', { ...access, root: '/var/../etc' })).toHaveProperty('root');
  const mailOnly = sampleCase({ plans: ['mail'] });
  const { facts, secrets } = splitSecrets(parse('source-access', { ...access, ...mail }, mailOnly));
  expect(facts).toEqual({
    backup: true,
    backupDate: '2026-11-20',
    mailProtocol: 'imap',
    mailSecurity: 'tls',
    mailPasswords: 'list',
    mailDeleted: 'skip',
    mailAccountCount: 1,
  });
  expect(sourceMailAccess.parse(JSON.parse(secrets['source-mail'] ?? ''))).toEqual({
    server: { protocol: 'imap', host: 'mail.example.jp', port: 993, security: 'tls' },
    passwords: 'list',
    deleted: 'skip',
  });
  expect(JSON.parse(secrets['source-mail-accounts-1'] ?? '')).toMatchObject({
    accounts: [{ user: 'taro@example.jp', password: ' pw2', targetUser: 'taro@example.jp' }],
  });
  expect(refused('source-access', access, sampleCase({ plans: ['web', 'mail'] }))).toHaveProperty('mailHost');
});

const mail = {
  mailProtocol: 'imap',
  mailHost: 'mail.example.jp',
  mailSecurity: 'tls',
  mailPasswords: 'list',
  mailList: 'アカウント,パスワード\ntaro@example.jp, pw2\n',
  mailDeleted: 'skip',
};

test('the list of mail accounts is wrong by cell, and no answer of the server has a password in it', () => {
  const c = sampleCase({ plans: ['mail'] });
  const wrong = (changed: Posted) => refused('source-access', { ...access, ...mail, ...changed }, c);
  const cells = wrong({ mailList: 'アカウント,パスワード\n,himitsu1\nhanako,\n' }).mailList;
  expect(cells).toMatch(/セル A2「移行元アカウント」.*セル B3「移行元パスワード」/);
  expect(cells).not.toContain('himitsu');
  expect(wrong({ mailList: '' })).toHaveProperty('mailList');
  expect(wrong({ mailFile: 'アカウント\nx\n' })).toHaveProperty('mailFile');
  expect(wrong({ mailList: '', mailFile: '\u0000\u0001' }).mailFile).toMatch(/Excel のブック/);
  expect(wrong({ mailSecurity: 'plain' })).toHaveProperty('mailClear');
  const asked = formFor('source-access', c, settings, now).sections.find(({ fields }) =>
    fields.some(({ name }) => name === 'mailClear'),
  );
  expect(asked?.when).toEqual({ field: 'mailSecurity', value: 'plain' });
  expect(wrong({ mailPasswords: 'master' })).toHaveProperty('mailMasterUser');
  const many = Array.from({ length: 201 }, (_, at) => `u${at}`).join('\n');
  expect(wrong({ mailPasswords: 'holders', mailList: `アカウント\n${many}\n` })).toHaveProperty(
    'mailPasswords',
  );
});

test('the addresses of the hearing sheet are offered as the list, and give way to a file', () => {
  const addresses = ['info@example.jp', 'taro@example.jp'];
  const typed = 'ｉｎｆｏ@example.jp、taro@example.jp\r\n\ninfo@example.jp';
  const sheet = parse('hearing-sheet', { ...postedHearingSheet, mailAddresses: typed });
  expect(sheet.mailAddresses).toEqual(addresses);
  const sentence = refused('hearing-sheet', {
    ...postedHearingSheet,
    mailAddresses: 'info@example.jp\nたろう',
  });
  expect(sentence.mailAddresses).toMatch(/^2件目/);
  expect(JSON.stringify(sentence)).not.toContain('himitsu');
  const c = sampleCase({ plans: ['mail'], forms: { 'hearing-sheet': submitted('hearing-sheet', sheet) } });
  const field = formFor('source-access', c, settings, now)
    .sections.flatMap(({ fields }) => fields)
    .find(({ name }) => name === 'mailList');
  expect(field?.given).toBe(addresses.join('\n'));
  const list = `${addresses.join('\r\n')}\r\n`;
  const posted = { ...access, ...mail, mailPasswords: 'holders', mailList: list };
  expect(splitSecrets(parse('source-access', posted, c)).facts.mailHolders).toEqual(
    addresses.map((user) => ({ user })),
  );
  const withFile = splitSecrets(parse('source-access', { ...posted, mailFile: 'jiro@example.jp\n' }, c));
  expect(withFile.facts.mailHolders).toEqual([{ user: 'jiro@example.jp' }]);
  const changed = { ...posted, mailList: 'info@example.jp', mailFile: 'jiro@example.jp\n' };
  expect(refused('source-access', changed, c)).toHaveProperty('mailFile');
});

test('where each holder gives their own password, the case knows whose are to come', () => {
  const c = sampleCase({ plans: ['mail'] });
  const posted = { ...access, ...mail, mailPasswords: 'holders', mailList: 'アカウント\ntaro\nhanako\n' };
  const { facts } = splitSecrets(parse('source-access', posted, c));
  expect(facts.mailHolders).toEqual([{ user: 'taro' }, { user: 'hanako' }]);
});

const order = () => ({
  quoteSha256: quoted().quotes[0]!.sha256,
  scopeConfirmed: 'yes',
  documentsReviewed: 'yes',
  noCancel: 'yes',
  backup: 'yes',
  backupDate: '2026-11-24',
  billingCompany: '',
  billingPerson: '髙﨑',
  billingPostalCode: '1234567',
  billingAddress: '東京都',
  billingPhone: '0312345678',
  preferredDate1: '2026-12-01',
  signer: '髙﨑',
});

test('an order names the quote that was shown; another one, or a date twice, is refused', () => {
  const c = quoted();
  expect(parse('order', order(), c)).toMatchObject({
    quoteNumber: `${c.id}-F1`,
    quoteSha256: c.quotes[0]!.sha256,
  });
  expect(refused('order', { ...order(), quoteSha256: '0'.repeat(64) }, c)).toHaveProperty('quoteSha256');
  expect(refused('order', { ...order(), noCancel: '' }, c)).toHaveProperty('noCancel');
  expect(refused('order', { ...order(), preferredDate2: '2026-12-01' }, c)).toHaveProperty('preferredDate2');
});

test('migration details: times are Japanese, the window ends after its beginning, target details are secrets', () => {
  const posted = {
    startsAt: '2026-12-01T22:00',
    windowEndsAt: '2026-12-02T06:00',
    customerWork: 'DNS\r\nメール',
    targetHost: 'new.example.jp',
    targetUser: 'u',
    targetPassword: 'p',
    targetRoot: 'public_html',
  };
  const { facts, secrets } = splitSecrets(parse('migration-details', posted));
  expect(facts).toEqual({
    startsAt: '2026-12-01T13:00:00.000Z',
    windowEndsAt: '2026-12-01T21:00:00.000Z',
    customerWork: 'DNS\nメール',
    planFirst: false,
    targetHost: 'new.example.jp',
  });
  expect(webAccess.parse(JSON.parse(secrets['target-web'] ?? ''))).toMatchObject({
    host: 'new.example.jp',
    password: 'p',
  });
  expect(refused('migration-details', { ...posted, windowEndsAt: '2026-12-01T22:00' })).toHaveProperty(
    'windowEndsAt',
  );
  expect(refused('migration-details', { ...posted, startsAt: '2026-11-24T10:00' })).toHaveProperty(
    'startsAt',
  );
});

test('staff decisions carry what the workflow needs', () => {
  expect(parse('consultation', { decision: 'continue', plans: 'mail', remarks: '電話' })).toEqual({
    decision: 'continue',
    plans: ['mail'],
    remarks: '電話',
  });
  expect(refused('consultation', { decision: 'continue', remarks: '電話' })).toHaveProperty('plans');
  expect(parse('formal-quote-review', { decision: 'approve', extraHours: '２', extraLabel: '調整' })).toEqual(
    { decision: 'approve', extraHours: 2, extraLabel: '調整' },
  );
  expect(refused('formal-quote-review', { decision: 'decline' })).toHaveProperty('declineReason');
  const infeasible = sampleCase({ survey: sampleSurvey(['web'], { feasible: false, reason: '容量' }) });
  expect(refused('formal-quote-review', { decision: 'approve' }, infeasible)).toHaveProperty('decision');
  expect(
    parse('transfer-problem', { decision: 'postpone', startsAt: '2026-11-25 01:00', remarks: '' }),
  ).toEqual({ decision: 'postpone', startsAt: '2026-11-24T16:00:00.000Z' });
  expect(refused('transfer-problem', { decision: 'postpone' })).toHaveProperty('startsAt');
  expect(parse('rework-assessment', { scope: 'out', description: '画像', hours: '3' })).toEqual({
    scope: 'out',
    description: '画像',
    hours: 3,
  });
  expect(refused('rework-assessment', { scope: 'out', description: '画像', hours: '0' })).toHaveProperty(
    'hours',
  );
  expect(refused('migration-sign-off', { decision: 'complete' })).toHaveProperty('proofWeb');
  expect(parse('migration-sign-off', { decision: 'rerun' })).toEqual({ decision: 'rerun' });
});

test('R37: an acceptance passes when every item does, and a failure is explained', () => {
  const c = sampleCase({ plans: ['web', 'mail'] });
  const posted = { resultWeb: 'pass', resultMail: 'pass', signer: '髙﨑', checkedOn: '2026-11-24' };
  expect(parse('acceptance', posted, c)).toMatchObject({ passed: true });
  expect(parse('acceptance', { ...posted, resultMail: 'fail', comment: '届かない' }, c)).toMatchObject({
    passed: false,
  });
  expect(refused('acceptance', { ...posted, resultMail: 'fail' }, c)).toHaveProperty('comment');
  expect(refused('acceptance', { ...posted, resultMail: '' }, c)).toHaveProperty('resultMail');
});

test('R33: an ordered case cannot be closed by an escalation', () => {
  expect(parse('escalation', { decision: 'close', remarks: '連絡なし' })).toEqual({
    decision: 'close',
    remarks: '連絡なし',
  });
  for (const stage of ['ordered', 'migrating', 'checking', 'reworking'] as const) {
    expect(
      refused('escalation', { decision: 'close', remarks: '連絡なし' }, sampleCase({ stage })),
    ).toHaveProperty('decision');
    expect(
      parse('escalation', { decision: 'extend', days: '60', remarks: '電話' }, sampleCase({ stage })),
    ).toMatchObject({ days: 60 });
  }
  expect(refused('escalation', { decision: 'extend', days: '61', remarks: '電話' })).toHaveProperty('days');
});

test('R17: extra work is ordered with its ticks, or refused without them', () => {
  const c = quoted();
  const posted = { quoteSha256: c.quotes[1]!.sha256, decision: 'refuse', signer: '髙﨑' };
  expect(parse('extra-order', posted, c)).toMatchObject({ decision: 'refuse' });
  expect(Object.keys(refused('extra-order', { ...posted, decision: 'order' }, c))).toEqual([
    'scopeConfirmed',
    'noCancel',
  ]);
  expect(
    parse('extra-order', { ...posted, decision: 'order', scopeConfirmed: 'yes', noCancel: 'yes' }, c),
  ).toMatchObject({ decision: 'order', quoteNumber: c.quotes[1]!.number });
});

test('R8, R11, R12: a new case', () => {
  const form = newCaseForm(settings);
  const posted = {
    company: '',
    person: '髙﨑',
    mail: 'a@example.jp',
    contractNumber: 'SM-12345',
    serverKind: 'smile',
    startWith: 'formal-quote',
    plans: ['web'],
  };
  expect(parseForm(form, posted)).toEqual({ ...posted, company: '', platformMigration: false });
  expect(refusal(() => parseForm(form, { ...posted, contractNumber: '' }))).toHaveProperty('contractNumber');
  expect(refusal(() => parseForm(form, { ...posted, plans: [] }))).toHaveProperty('plans');
  expect(refusal(() => parseForm(form, { ...posted, plans: ['cybozu'] }))).toHaveProperty('plans');
  expect(
    refusal(() => parseForm(form, { ...posted, plans: ['cybozu'], platformMigration: 'yes' })),
  ).toHaveProperty('startWith');
});

test('whatever is posted, a form answers with a value or with sentences that do not repeat it', () => {
  const c = { ...quoted(), plans: ['web', 'mail'] as Case['plans'] };
  const kinds = taskKinds.filter((kind) => kind !== 'survey');
  const names = kinds.flatMap((kind) =>
    formFor(kind, c, settings, now).sections.flatMap((section) => section.fields.map((field) => field.name)),
  );
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom('yes', '__proto__', '=1+1', '\r\nBcc: a@b.jp', '9'.repeat(400), 'x'.repeat(20_000)),
  );
  const posted = fc.dictionary(
    fc.constantFrom(...names, '__proto__', 'constructor', 'isStaff'),
    fc.oneof(hostile, fc.array(hostile, { maxLength: 3 })),
  );
  fc.assert(
    fc.property(fc.constantFrom(...kinds), posted, (kind, posted) => {
      const form = formFor(kind, c, settings, now);
      const own = form.sections.flatMap((section) => section.fields.map((field) => field.name));
      try {
        const added = ['passed', 'extraHours', 'quoteNumber'];
        expect([...own, ...added]).toEqual(expect.arrayContaining(Object.keys(parseForm(form, posted))));
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidInputError);
        expect(own).toEqual(expect.arrayContaining(Object.keys((error as InvalidInputError).fields)));
        expect(JSON.stringify((error as InvalidInputError).fields)).not.toContain('x'.repeat(50));
      }
    }),
    { numRuns: 500 },
  );
});
