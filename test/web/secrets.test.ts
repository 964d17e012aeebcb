import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Case } from '../../functions/case/case.ts';
import { answers } from '../../local/play/answers.ts';
import { confided, formBody, Office, wholeCase } from './office.ts';

const key = (sign: string) =>
  `-----BEGIN OPENSSH PRIVATE KEY-----\n${`b3BlbnNzaC1rZXktdjEA${sign}`.repeat(9)}\n-----END OPENSSH PRIVATE KEY-----\n`;

/** All that is confided in the played cases, by what it is. */
const planted: Record<string, string> = {
  ...confided,
  passphrase: 'Kagi-no-aikotoba-88c1',
  privateKey: key('M1').split('\n')[1]!,
  refusedPassword: 'Kagi-machigai-90aa7d',
  mailPassword: 'Kagi-mail-51f2e0',
};

/** Each in the ways in which it could have been written by mistake. */
const written = Object.entries(planted).flatMap(([what, text]) => [
  [what, text] as const,
  [`${what} in base64`, Buffer.from(text).toString('base64').replace(/=+$/, '')] as const,
  [`${what} in hex`, Buffer.from(text).toString('hex')] as const,
  [`${what} in a URL`, new URLSearchParams({ x: text }).toString().slice(2)] as const,
]);

const found = (place: string, text: string): string[] =>
  written.filter(([, form]) => text.includes(form)).map(([what]) => `${what} in ${place}`);

/** What is written to the consoles while `work` runs. */
async function saidDuring(work: () => Promise<void>): Promise<string> {
  const names = ['log', 'error', 'warn', 'info', 'debug'] as const;
  const before = names.map((name) => console[name]);
  const write = process.stdout.write;
  let said = '';
  for (const name of names)
    console[name] = (...words: unknown[]) => {
      said += `${words.map(String).join(' ')}\n`;
    };
  process.stdout.write = ((text: string) => {
    said += text;
    return true;
  }) as typeof process.stdout.write;
  try {
    await work();
  } finally {
    process.stdout.write = write;
    for (const [index, name] of names.entries()) console[name] = before[index]!;
  }
  return said;
}

/** Everything that anybody can read, by where it stands. */
async function* readable(office: Office, c: Case): AsyncGenerator<readonly [place: string, text: string]> {
  for (const [name, rows] of Object.entries(office.tables()))
    for (const row of rows)
      yield [
        `table ${name}`,
        Object.values(row)
          .map((value) =>
            value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value),
          )
          .join('\n'),
      ];
  for (const [path, content] of Object.entries(office.files())) yield [`file ${path}`, content];
  yield ['events', JSON.stringify(office.product.events.listEvents())];
  for (const { name } of office.product.runtime.list({ limit: 100 }))
    yield [`history of ${name}`, JSON.stringify(office.product.runtime.history(name))];
  yield* pages(office, c);
}

async function* pages(office: Office, c: Case): AsyncGenerator<readonly [place: string, text: string]> {
  const at = `/console/cases/${c.id}`;
  for (const role of ['staff', 'engineer', 'finance'])
    for (const path of [
      '/console/cases',
      at,
      `${at}?outcome=done`,
      `${at}/survey`,
      '/console/invoices',
      `${at}/ledgers/web/1`,
    ]) {
      const answer = await office.send(path, { headers: { cookie: `hikkoshi-role=${role}` } });
      yield [`${path} for ${role}`, `${[...answer.headers].join('\n')}\n${await answer.text()}`];
    }
  for (const link of office.player.linksTo(c).slice(0, 3)) {
    const answer = await office.send(link);
    yield ['the page of a link', `${[...answer.headers].join('\n')}\n${await answer.text()}`];
  }
}

describe('what is confided', () => {
  let office: Office;
  beforeEach(() => {
    office = new Office();
  });
  afterEach(() => office.close());

  test('stands in no table, file, history, mail, event, log or page, from first to last', async () => {
    const trouble: string[] = [];
    const whereNamed = new Set<string>();
    const said = await saidDuring(async () => {
      await office.openCase();
      for (const kind of wholeCase) {
        const { c, task } = await office.open(kind);
        if (kind === 'source-access') {
          // First with a mistake in another field, then with one in the secret itself, then well.
          const link = await office.link();
          const typed = {
            ...answers['source-access'](office.knowledge(c)),
            privateKey: key('M1'),
            passphrase: planted.passphrase!,
          };
          for (const wrong of [{ root: '../..' }, { password: `${planted.refusedPassword}\u0007` }]) {
            const answer = await office.send(link, {
              method: 'POST',
              body: formBody({ ...typed, ...wrong }),
            });
            expect(answer.status).toBe(422);
            trouble.push(...found('a refused page', await answer.text()));
          }
          const answer = await office.send(link, { method: 'POST', body: formBody(typed) });
          expect(answer.status).toBe(200);
          trouble.push(...found('the page of receipt', await answer.text()));
        } else {
          expect((await office.player.answer(task, office.knowledge(c))).status).toBeLessThan(400);
        }
        // Before anything of it is delivered, and after.
        for (let round = 0; round < 2; round += 1) {
          for await (const [place, text] of readable(office, await office.load())) {
            trouble.push(...found(`${place} after ${kind}`, text));
            if (text.includes('髙﨑商店')) whereNamed.add(place.startsWith('/') ? 'page' : place);
          }
          await office.settle();
        }
      }
    });
    trouble.push(...found('what was logged', said));
    expect(trouble).toEqual([]);
    // The search is one that finds: the customer's name is where it belongs.
    expect([...whereNamed].sort()).toEqual(expect.arrayContaining(['page', 'table cases', 'table mails']));
    expect((await office.load()).stage).toBe('invoiced');
    expect((await office.load()).erasures.map(({ secrets }) => secrets > 0)).toEqual([true, true]);
  });

  test('a list of mail accounts is treated as a password is', async () => {
    await office.openCase({ plans: ['mail'], startWith: 'formal-quote' });
    await office.answer('consent');
    await office.answer('consent-review');
    const { c } = await office.open('source-access');
    const typed = {
      ...answers['source-access'](office.knowledge(c)),
      mailProtocol: 'imap',
      mailHost: 'mail.example.jp',
      mailSecurity: 'tls',
      mailPasswords: 'list',
      mailList: `アカウント\tパスワード\nshop@example.jp\t${planted.mailPassword}\n`,
      mailDeleted: 'keep',
    };
    const link = await office.link();
    const refused = await office.send(link, { method: 'POST', body: formBody({ ...typed, backup: '' }) });
    expect(refused.status).toBe(422);
    const accepted = await office.send(link, { method: 'POST', body: formBody(typed) });
    expect(accepted.status).toBe(200);
    const trouble = [...found('refused', await refused.text()), ...found('accepted', await accepted.text())];
    await office.settle();
    for await (const [place, text] of readable(office, await office.load()))
      trouble.push(...found(place, text));
    expect(trouble).toEqual([]);
    const name = `source-mail-accounts-1.${(await office.load()).forms['source-access']?.value.confided}`;
    expect(await office.ports.vault.get(c.id, name)).toContain(planted.mailPassword);
  });

  test('is shown to engineers alone, for a press of a button, and the look is in the history', async () => {
    const { c } = await office.playUntil('survey');
    const path = `/console/cases/${c.id}/confided`;
    const ask = (role: string, init: RequestInit) =>
      office.send(path, {
        ...init,
        headers: { cookie: `hikkoshi-role=${role}`, 'sec-fetch-site': 'same-origin' },
      });
    const before = office.state();
    expect((await ask('engineer', {})).status).toBe(404);
    for (const role of ['staff', 'finance']) expect((await ask(role, { method: 'POST' })).status).toBe(403);
    expect((await office.send(path, { method: 'POST' })).status).toBe(303);
    expect(office.state() === before).toBe(true);
    const shown = await ask('engineer', { method: 'POST' });
    expect(await shown.text()).toContain(confided.sourcePassword);
    expect(shown.headers.get('cache-control')).toBe('no-store');
    expect((await office.ports.records.history(c.id)).at(-1)).toMatchObject({
      what: 'confided-shown',
      actor: 'engineer',
    });
    // After the survey it has been erased (R24): there is nothing to show.
    await office.playUntil('formal-quote-review');
    const after = await ask('engineer', { method: 'POST' });
    expect(await after.text()).not.toContain(confided.sourcePassword);
  });
});

describe('credentials of our own', () => {
  test('task tokens and link seeds are on no page, in no mail, no event and no history', async () => {
    const office = new Office();
    const trouble: string[] = [];
    try {
      await office.openCase();
      const secrets = new Map<string, string>();
      for (const kind of wholeCase) {
        const { c } = await office.open(kind);
        for (const task of c.tasks) {
          secrets.set(task.token, `task token of ${task.id}`);
          if (task.linkSeed) secrets.set(task.linkSeed, `link seed of ${task.id}`);
        }
        const shown: (readonly [string, string])[] = [];
        for await (const page of pages(office, c)) shown.push(page);
        const places = [
          ...shown,
          ['history', JSON.stringify(await office.ports.records.history(c.id))] as const,
          ['events', JSON.stringify(office.product.events.listEvents())] as const,
          ['mails', JSON.stringify(office.tables().mails)] as const,
          ['outbox', JSON.stringify(office.tables().outbox)] as const,
        ];
        for (const [place, text] of places)
          for (const [secret, what] of secrets)
            if (text.includes(secret)) trouble.push(`${what} in ${place}`);
        await office.answer(kind);
      }
      expect(secrets.size).toBeGreaterThan(20);
    } finally {
      office.close();
    }
    expect(trouble).toEqual([]);
  });

  test('a link is in its mail and on its own page, and nowhere else', async () => {
    const office = new Office();
    const trouble: string[] = [];
    try {
      await office.openCase();
      const said = await saidDuring(async () => {
        for (const kind of wholeCase) {
          await office.open(kind);
          const c = await office.load();
          const tokens = office.player.linksTo(c).map((link) => link.slice('/t/'.length));
          const look = (place: string, text: string, except = '') => {
            for (const token of tokens)
              if (token !== except && text.includes(token)) trouble.push(`a link in ${place}`);
          };
          for (const [name, rows] of Object.entries(office.tables()))
            if (name !== 'mails') look(`table ${name}`, JSON.stringify(rows));
          for (const [path, content] of Object.entries(office.files())) look(path, content);
          for (const role of ['staff', 'engineer', 'finance'])
            for (const path of ['/console/cases', `/console/cases/${c.id}`, '/mailbox']) {
              const answer = await office.send(path, { headers: { cookie: `hikkoshi-role=${role}` } });
              look(path, `${[...answer.headers].join()} ${await answer.text()}`);
            }
          for (const token of tokens.slice(0, 2)) {
            const looked = await office.send(`/t/${token}`);
            look('the page of another link', await looked.text(), token);
            look('headers', [...looked.headers].join());
            const posted = await office.send(`/t/${token}`, { method: 'POST', body: formBody({ x: 'y' }) });
            look('headers after a post', [...posted.headers].join());
          }
          await office.answer(kind);
        }
        // Nor does a failure write it down.
        const [link] = office.player.linksTo(await office.load());
        const failing = { ...office.ports.records, findLink: () => Promise.reject(new Error(`no ${link}`)) };
        const broken = new Office({ interpose: (ports) => ({ ...ports, records: failing }) });
        expect((await broken.send(link!)).status).toBe(500);
        broken.close();
      });
      const links = office.player.linksTo(await office.load());
      expect(links.length).toBeGreaterThan(5);
      expect(said).toContain('incident');
      for (const link of links) if (said.includes(link.slice(3))) trouble.push('a link in the log');
    } finally {
      office.close();
    }
    expect(trouble).toEqual([]);
  });
});
