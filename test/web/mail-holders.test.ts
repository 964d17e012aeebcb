import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { eraseCaseData } from '../../functions/case/erase.ts';
import { holdersOf } from '../../functions/case/mail-holders.ts';
import { answers } from '../../local/play/answers.ts';
import { surveyFile } from '../../local/play/survey-file.ts';
import { base, formBody, Office } from './office.ts';

const password = 'Kagi-taro-4a1b';
let office: Office;
let link: string;

beforeEach(async () => {
  office = new Office();
  await office.openCase({ plans: ['mail'], startWith: 'formal-quote' });
  await office.answer('consent');
  await office.answer('consent-review');
  const { c } = await office.open('source-access');
  const typed = {
    ...answers['source-access'](office.knowledge(c)),
    mailProtocol: 'imap',
    mailHost: 'mail.example.jp',
    mailSecurity: 'tls',
    mailPasswords: 'holders',
    mailList: 'アカウント\ntaro\nhanako\n',
    mailDeleted: 'keep',
  };
  link = await office.link();
  expect((await office.send(link, { method: 'POST', body: formBody(typed) })).status).toBe(200);
});
afterEach(() => office.close());

/** The links as the administrator sees them, by account. */
async function showLinks(): Promise<Record<string, string>> {
  const page = await (await office.send(`${link}/mailbox-links`, { method: 'POST' })).text();
  const rows = [...page.matchAll(/<dt>(.*?)<\/dt><dd[^>]*><a href="(.*?)">/gs)];
  return Object.fromEntries(rows.map(([, user = '', href = '']) => [user, href.slice(base.length)]));
}

const give = (path: string, given: string) =>
  office.send(path, { method: 'POST', body: formBody({ password: given }) });

/** Of an account by its number, as the engine will find it. */
async function kept(account: number): Promise<string | undefined> {
  const c = await office.load();
  const holders = c.forms['source-access']?.value.mailHolders as { confided?: string }[];
  return office.ports.vault.get(c.id, `source-mail-password-${account}.${holders[account]?.confided}`);
}

describe('a password by a link of its own', () => {
  test('is given once, is in the vault alone, and a look changes nothing', async () => {
    const { taro } = await showLinks();
    const before = office.state();
    expect(await (await office.send(taro!)).text()).toContain('taro の現在のパスワード');
    expect(office.state() === before).toBe(true);
    const wrong = await give(taro!, `${password}\u0007`);
    expect(wrong.status).toBe(422);
    expect(await wrong.text()).not.toContain(password);
    await Promise.all([give(taro!, password), give(taro!, password)]);
    expect(await kept(0)).toBe(password);
    const after = office.state();
    expect((await give(taro!, 'another one')).status).toBe(200);
    expect(office.state() === after).toBe(true);
    expect(await kept(0)).toBe(password);
    expect(JSON.stringify(office.tables())).not.toContain(password);
    const history = await office.ports.records.history(office.reference);
    expect(history.filter(({ what }) => what === 'mailbox-password-given')).toHaveLength(1);
  });

  test('is asked for by the page and by the mail of receipt, which leads back to it, until all have given theirs', async () => {
    const { mailbox } = office.product;
    await office.settle();
    const receipt = mailbox
      .listMails({ limit: 100 })
      .find(({ subject }) => subject.includes('受け付けました'));
    expect(mailbox.readMail(receipt!.id)?.text).toContain('「お一人ずつのリンクを表示する」を押し');
    const page = async () => (await office.send(link)).text();
    expect(await page()).toContain('それぞれの方にお渡しください。</li>');
    expect(await page()).not.toContain('この画面は閉じていただいて構いません');
    for (const path of Object.values(await showLinks())) await give(path, password);
    expect(await page()).not.toContain('それぞれの方にお渡しください。</li>');
    expect(await page()).toContain('この画面は閉じていただいて構いません');
  });

  test('each showing makes new links, those before stay good, and who has answered is not among them', async () => {
    const first = await showLinks();
    const second = await showLinks();
    expect(second.taro).not.toBe(first.taro);
    await give(first.taro!, password);
    expect(Object.keys(await showLinks())).toEqual(['hanako']);
    expect(JSON.stringify(office.tables())).not.toContain(first.hanako!.split('/').at(-1)!);
    expect((await office.send(second.hanako!)).status).toBe(200);
  });

  test('that comes in after an erasure is not taken, does not stay, and nobody is thanked for it', async () => {
    const { taro } = await showLinks();
    const { vault } = office.ports;
    const put = vault.put.bind(vault);
    const names: string[] = [];
    jest.spyOn(vault, 'put').mockImplementationOnce(async (id, name, value) => {
      await eraseCaseData(office.ports, id, 'survey-closed');
      await put(id, name, value);
      names.push(name);
    });
    const answer = await give(taro!, password);
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain('taro');
    expect(names).toHaveLength(1);
    expect(await vault.get(office.reference, names[0]!)).toBeUndefined();
  });

  test('that comes in while the erasure is at work goes with it', async () => {
    const { taro } = await showLinks();
    const { vault } = office.ports;
    const eraseVault = vault.erase.bind(vault);
    jest.spyOn(vault, 'erase').mockImplementationOnce(async (id) => {
      const secrets = await eraseVault(id);
      expect((await give(taro!, password)).status).toBe(200);
      return secrets;
    });
    await eraseCaseData(office.ports, office.reference, 'survey-closed');
    const { mailHolders } = (await office.load()).forms['source-access']!.value;
    expect(mailHolders).toMatchObject([{ confided: expect.stringMatching(/^[0-9a-f]{12}$/) }, {}]);
    expect(await kept(0)).toBeUndefined();
  });

  test('has links for all who are on the list when they are made', async () => {
    const { records } = office.ports;
    const shorter = await office.load();
    const form = shorter.forms['source-access']!;
    form.value.mailHolders = holdersOf(shorter).slice(0, 1);
    jest.spyOn(records, 'load').mockImplementationOnce(async () => shorter);
    const { taro, hanako } = await showLinks();
    for (const path of [taro, hanako]) expect((await office.send(path!)).status).toBe(200);
  });

  test('ends after thirty days, with the erasure, and is nothing for other cases and tokens', async () => {
    const { taro, hanako } = await showLinks();
    const token = hanako!.split('/').at(-1)!;
    for (const path of [
      `/m/HK-2222-2222/${token}`,
      `/m/${office.reference}/${'x'.repeat(43)}`,
      `/m/__proto__/${token}`,
      `/t/${token}`,
      `/t/${token}/mailbox-links`,
    ]) {
      expect((await office.send(path, { method: 'POST', body: formBody({ password }) })).status).toBe(404);
      expect((await office.send(path)).status).toBe(404);
    }
    const start = office.clock.now().getTime();
    office.clock.set(new Date(start + 30 * 86_400_000));
    expect((await give(taro!, password)).status).toBe(404);
    office.clock.set(new Date(start + 60_000));
    expect((await office.send(taro!)).status).toBe(200);
    await office.open('survey');
    await office.player.sendSurvey(await office.load(), notFeasible(office));
    await office.settle();
    expect((await office.load()).erasures.length).toBeGreaterThan(0);
    expect((await give(hanako!, password)).status).toBe(404);
  });
});

function notFeasible({ clock }: Office): string {
  return surveyFile(clock.now(), 'not-feasible')
    .replace('Web容量(GB)', 'メール容量(GB)')
    .replace('Webドメイン数', 'メールアカウント数');
}
