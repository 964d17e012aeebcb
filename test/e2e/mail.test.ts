import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Posted } from '../../functions/case/form.ts';
import type { TaskKind } from '../../functions/case/tasks.ts';
import { engines } from '../../functions/migration/engines.ts';
import { answers } from '../../local/play/answers.ts';
import { problems } from '../../local/play/player.ts';
import { surveyFile } from '../../local/play/survey-file.ts';
import { bare, contents, fill, letter } from '../migration/mail/mailboxes.ts';
import { open } from '../migration/mail/move.ts';
import { type Dovecot, startDovecot } from '../servers/dovecot.ts';
import { type SelfSigned, selfSigned } from '../servers/self-signed.ts';
import { base, formBody, Office, wordsOf } from '../web/office.ts';

/** A whole case about mail: what is typed into the pages moves real mail between two real servers. */
let office: Office;
let tls: SelfSigned;
let source: Dovecot;
let target: Dovecot;
const passwords = { taro: 'Kagi-taro-51f2e0', hanako: ' Kagi-hanako-9c"7 ' };

beforeAll(async () => {
  tls = selfSigned('mail.example.jp');
  source = await startDovecot({ separator: '.', prefix: 'INBOX.', users: passwords, tls });
  target = await startDovecot({ separator: '/', prefix: '', users: passwords });
  office = new Office({ engines, settings: { allowedAddresses: ['127.0.0.1/32'] } });
});

afterAll(async () => {
  office?.close();
  await source?.stop();
  await target?.stop();
  tls?.remove();
});

test('mail moves from the first form to the certificate, each password by a link of its own', async () => {
  for (const [user, password] of Object.entries(passwords)) {
    const from = await open(source.port, { user, password });
    await fill(from, 'INBOX', [
      { body: letter(1), flags: ['\\Seen', '$Forwarded'], date: '01-Mar-2015 01:02:03 +0900' },
      { body: letter(2, 90_000) },
    ]);
    await fill(from, 'INBOX.見積.2024年度', [{ body: letter(3), flags: ['\\Flagged'] }]);
    await from.logout();
  }

  await office.openCase({ plans: ['mail'], startWith: 'formal-quote' });
  await answer('consent');
  await answer('consent-review');
  await handInSourceAccess();
  const survey = surveyFile(office.clock.now())
    .replace('Web容量(GB)', 'メール容量(GB)')
    .replace('Webドメイン数', 'メールアカウント数');
  await office.player.sendSurvey((await office.open('survey')).c, survey);
  await answer('formal-quote-review');
  await answer('order');
  await answer('order-review');
  office.clock.set(new Date(office.clock.now().getTime() + 60_000));
  // Erased after the survey, asked for again before the migration (R24).
  const link = await handInSourceAccess();
  const holders = await holderLinks(link);
  expect(Object.keys(holders)).toEqual(['taro', 'hanako']);
  await givePassword(holders.taro!, passwords.taro);
  await givePassword(holders.hanako!, passwords.hanako);
  await takeAnotherCertificate();
  await office.open('migration-details');
  const file = await (await office.browser('engineer')).post(
    `/console/cases/${office.reference}/mail-accounts.csv`,
    {},
  );
  expect((await file.text()).split('\r\n')).toContain('"メールボックス","hanako"," Kagi-hanako-9c""7 ",""');
  await answer('migration-details', {
    ...targetMail(),
    targetMailPort: String(target.port),
  });

  const { c } = await office.open('migration-sign-off');
  expect(c.transfers).toMatchObject([{ plan: 'mail', run: 1, moved: 6 + 2, skipped: 1, unexplained: 0 }]);
  // The certificate that nobody vouches for was pinned at the first contact.
  const pin = `source-mail.${c.forms['source-access']?.value.confided}.certificate`;
  expect(await office.ports.vault.get(c.id, pin)).toBe(tls.fingerprint.replaceAll(':', '').toLowerCase());
  for (const [user, password] of Object.entries(passwords)) {
    const from = await open(source.port, { user, password });
    const to = await open(target.port, { user, password });
    expect(bare(await contents(to), '', '/')).toEqual(bare(await contents(from), 'INBOX.', '.'));
    await from.logout();
    await to.logout();
  }
  await answer('migration-sign-off');
  await answer('acceptance');
  await answer('acceptance-review');
  await office.settle();
  expect((await office.load()).stage).toBe('invoiced');
  const kept = JSON.stringify(office.tables());
  for (const password of Object.values(passwords)) expect(kept).not.toContain(password.trim());
});

/** The engineer looks at the old server, whose certificate is another one by now, and takes it after a question. */
async function takeAnotherCertificate(): Promise<void> {
  const page = await office.browser('engineer');
  const at = `/console/cases/${office.reference}/connections/source-mail`;
  const after = async (path: string, body: Posted) => {
    await page.post(path, body);
    return wordsOf(await page.get(`/console/cases/${office.reference}`));
  };
  const look = () => after(at, {});
  expect(await look()).toContain('ログイン 2件中2件できました 最初のアカウントのフォルダ 3件');
  const pin = `source-mail.${(await office.load()).forms['source-access']?.value.confided}.certificate`;
  const shown = (await office.ports.vault.get(office.reference, pin))!;
  await office.ports.vault.put(office.reference, pin, '0'.repeat(64));
  expect(await look()).toContain('鍵が変わっています');
  const known = { 'source-mail-confirmed': 'yes', 'source-mail-reason': '電話で確認。証明書を更新した。' };
  expect(await after(`${at}/key`, { ...known, key: shown })).toContain('新しい鍵を承認済み');
  expect(await office.ports.vault.get(office.reference, pin)).toBe(shown);
}

async function answer(kind: TaskKind, changed: Posted = {}): Promise<void> {
  const page = await office.answer(kind, changed);
  if (page.status >= 400) throw new Error(`${kind}: ${page.status} ${await problems(page)}`);
}

/** As a browser posts it, with the list as a file. The customer's link. */
async function handInSourceAccess(): Promise<string> {
  const { c } = await office.open('source-access');
  const form = new FormData();
  const typed = answers['source-access'](office.knowledge(c));
  for (const [name, value] of Object.entries({ ...typed, ...sourceMail() })) form.append(name, String(value));
  const list =
    '種別,移行元アカウント,転送先\r\nメールボックス,taro,\r\nメールボックス,hanako,\r\n転送,info@example.jp,taro@example.jp\r\n';
  form.append('mailFile', new File([list], '一覧.csv', { type: 'text/csv' }));
  const link = await office.link();
  const page = await office.send(link, { method: 'POST', body: form });
  if (page.status !== 200) throw new Error(`source-access: ${page.status} ${await problems(page)}`);
  expect(await page.text()).toContain('未入力: hanako');
  return link;
}

function sourceMail(): Posted {
  return {
    mailProtocol: 'imap',
    mailHost: '127.0.0.1',
    mailPort: String(source.tlsPort),
    mailSecurity: 'tls',
    mailPasswords: 'holders',
    mailDeleted: 'keep',
  };
}

function targetMail(): Posted {
  return {
    targetMailHost: '127.0.0.1',
    targetMailSecurity: 'plain',
    targetMailClear: 'yes',
    targetMailVerify: 'full',
    targetMailCreation: 'none',
  };
}

async function holderLinks(link: string): Promise<Record<string, string>> {
  const page = await (await office.send(`${link}/mailbox-links`, { method: 'POST' })).text();
  const rows = [...page.matchAll(/<dt>(.*?)<\/dt><dd[^>]*><a href="(.*?)">/gs)];
  return Object.fromEntries(rows.map(([, user = '', href = '']) => [user, href.slice(base.length)]));
}

async function givePassword(link: string, password: string): Promise<void> {
  const before = office.state();
  expect(await (await office.send(link)).text()).toContain('現在のパスワード');
  expect(office.state() === before).toBe(true);
  const post = () => office.send(link, { method: 'POST', body: formBody({ password }) });
  expect(await (await post()).text()).toContain('お預かりしました');
  const after = office.state();
  expect(await (await post()).text()).toContain('お預かりしました');
  expect(office.state() === after).toBe(true);
}
