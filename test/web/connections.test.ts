import { afterEach, describe, expect, test } from '@jest/globals';
import type { WebAccess } from '../../functions/case/access.ts';
import { eraseCaseData } from '../../functions/case/erase.ts';
import { TerminalError } from '../../functions/case/errors.ts';
import type { Role } from '../../functions/case/identity.ts';
import type { Ports } from '../../functions/case/ports.ts';
import { HostKeyChangedError } from '../../functions/migration/host-key-changed.ts';
import { MemoryTree } from '../../functions/migration/web/memory-tree.ts';
import { confided, formBody, Office, wordsOf } from './office.ts';

/** Host keys are shown at the survey and pinned; a change stops the work until an engineer takes it, with a reason. */
const keyOf = (letter: string) => `SHA256:${letter.repeat(43)}`;

/** A server whose key and mood a test decides, reached as openWebTree would reach it. */
class Server {
  key = keyOf('a');
  asked: WebAccess[] = [];
  fails: Error | undefined;
  readonly source = new MemoryTree();
  readonly target = new MemoryTree();

  async open(access: WebAccess) {
    this.asked.push(access);
    if (this.fails) throw this.fails;
    const source = access.user === 'moto';
    const hostKey = source ? this.key : keyOf('t');
    if (access.hostKey && access.hostKey !== hostKey)
      throw new HostKeyChangedError('ホスト鍵', access.hostKey, hostKey);
    const tree = source ? this.source : this.target;
    return Object.assign(tree, {
      hostKey,
      hasShell: async () => true,
      remarks: () => ['更新日時を設定できません。'],
    });
  }
}

let office: Office;
let server: Server;
const begin = (interpose?: (ports: Ports) => Ports) => {
  server = new Server();
  office = new Office({ openTree: (access) => server.open(access), ...(interpose && { interpose }) });
};
afterEach(() => office.close());

const post = (path: string, body: Record<string, string> = {}, role: Role | undefined = 'engineer') =>
  office.send(`/console/cases/${office.reference}/${path}`, {
    method: 'POST',
    body: formBody(body),
    headers: { 'sec-fetch-site': 'same-origin', ...(role && { cookie: `hikkoshi-role=${role}` }) },
  });
const page = async (role: Role = 'engineer') =>
  wordsOf(
    await office.send(`/console/cases/${office.reference}`, { headers: { cookie: `hikkoshi-role=${role}` } }),
  );
const noted = async (what: string) =>
  (await office.ports.records.history(office.reference)).filter((entry) => entry.what === what);
const pinned = async () => {
  const suffix = (await office.load()).forms['source-access']?.value.confided;
  return office.ports.vault.get(office.reference, `source-web.${suffix}.host-key`);
};
const known = {
  'source-web-confirmed': 'yes',
  'source-web-reason': 'サポートに電話で確認。サーバを入れ替えた。',
};

describe('at the survey', () => {
  test('an engineer sees whom the access leads to, and the key is pinned', async () => {
    begin();
    await office.playUntil('survey');
    await server.source.write(Buffer.from('index.html'), 0, Buffer.from('x'), { create: true });
    expect(await page()).toContain('移行元（Web データ） old.example.jp 未確認');
    const answer = await post('connections/source-web');
    expect(answer.headers.get('location')).toMatch(/\?outcome=checked$/);
    const shown = await page();
    for (const words of [
      '接続できました',
      keyOf('a'),
      'はじめての登録',
      'SFTP（SSH）',
      'シェル 使えます',
      'フォルダの中 1件',
      '更新日時を設定できません。',
    ])
      expect(shown).toContain(words);
    expect(await pinned()).toBe(keyOf('a'));
    expect((await noted('connection-checked')).map(({ actor, details }) => [actor, details])).toEqual([
      ['engineer', { server: 'source-web', outcome: 'reached', key: keyOf('a') }],
    ]);
    // The target is not known yet.
    expect((await post('connections/target-web')).status).toBe(404);
    expect(JSON.stringify([await office.load(), await noted('connection-checked')])).not.toContain(
      confided.sourcePassword,
    );
  });

  test('it is the engineer’s alone, staff see the result, and nothing is asked of the server by a look', async () => {
    begin();
    await office.playUntil('survey');
    const before = office.state();
    for (const role of ['staff', 'finance'] as const)
      for (const path of ['connections/source-web', 'connections/source-web/key'])
        expect([role, (await post(path, known, role)).status]).toEqual([role, 403]);
    expect((await post('access-again', { accessRemarks: 'x' }, 'finance')).status).toBe(403);
    expect((await post('connections/elsewhere')).status).toBe(404);
    expect((await post('connections/constructor')).status).toBe(404);
    for (const role of ['engineer', 'staff', 'finance'] as const) await page(role);
    expect(office.state() === before).toBe(true);
    expect(server.asked).toEqual([]);
    await post('connections/source-web');
    expect(await page('staff')).toContain(keyOf('a'));
    expect(await page('finance')).not.toContain('接続の確認');
    const staff = await office.send(`/console/cases/${office.reference}`, {
      headers: { cookie: 'hikkoshi-role=staff' },
    });
    expect(await staff.text()).not.toContain('/connections/source-web');
  });

  test('what goes wrong is said in words, and never in those of a library', async () => {
    begin();
    await office.playUntil('survey');
    server.fails = new TerminalError(
      'ログインできません。何も変更していません。ユーザー名とパスワードをご確認ください。',
    );
    await post('connections/source-web');
    expect(await page()).toContain('ログインできません。何も変更していません。');
    server.fails = new Error(`connect with ${confided.sourcePassword} failed`);
    await post('connections/source-web');
    const shown = await page();
    expect(shown).toContain('予期しないエラー');
    expect(shown).not.toContain(confided.sourcePassword);
    expect((await noted('connection-checked')).map(({ details }) => details.outcome)).toEqual([
      'failed',
      'failed',
    ]);
    expect(await pinned()).toBeUndefined();
  });

  test('a server that hangs does not take the page with it', async () => {
    let left = 900_000;
    begin((ports) => ({ ...ports, remaining: () => left }));
    await office.playUntil('survey');
    // So much is left to a page; nearly all of it is kept for the records.
    left = 4_050;
    server.open = () => new Promise(() => undefined);
    expect((await post('connections/source-web')).status).toBe(303);
    expect(await page()).toContain('確認が終わりませんでした');
  });

  test('old algorithms are allowed for this server alone, by a tick, and no longer without it', async () => {
    begin();
    await office.playUntil('survey');
    await post('connections/source-web', { legacyAlgorithms: 'yes' });
    expect(server.asked.at(-1)?.legacyAlgorithms).toBeUndefined();
    await post('connections/source-web', { asked: 'legacyAlgorithms', legacyAlgorithms: 'yes' });
    expect(server.asked.at(-1)).toMatchObject({ legacyAlgorithms: true, hostKey: keyOf('a') });
    expect(await page()).toContain('古い暗号方式を許可');
    await post('connections/source-web', { asked: 'legacyAlgorithms' });
    expect(server.asked.at(-1)?.legacyAlgorithms).toBe(false);
  });

  test('access that is erased while it is looked at stays erased', async () => {
    begin();
    await office.playUntil('survey');
    const suffix = (await office.load()).forms['source-access']?.value.confided;
    const open = server.open.bind(server);
    server.open = async (access) => {
      office.clock.set(new Date(office.clock.now().getTime() + 1000));
      await eraseCaseData(office.ports, office.reference, 'closed');
      return open(access);
    };
    await post('connections/source-web', { asked: 'legacyAlgorithms', legacyAlgorithms: 'yes' });
    for (const name of [`source-web.${suffix}`, `source-web.${suffix}.host-key`])
      expect(await office.ports.vault.get(office.reference, name)).toBeUndefined();
  });

  test('after the survey the access is erased, and what it showed is shown no more', async () => {
    begin();
    await office.playUntil('survey');
    await post('connections/source-web');
    await office.answer('survey');
    await office.settle();
    expect(await page()).not.toContain('接続を確認する');
    expect((await post('connections/source-web')).status).toBe(404);
  });
});

describe('a changed key', () => {
  test('stops the work, is shown beside the old one, and is taken with a reason', async () => {
    begin();
    await office.playUntil('order');
    // What was given for the survey is erased; what comes now came later.
    office.clock.set(new Date(office.clock.now().getTime() + 3_600_000));
    await office.playUntil('migration-details');
    await post('connections/source-web');
    server.key = keyOf('b');
    await office.answer('migration-details');
    const { c } = await office.open('transfer-problem');
    expect(c.problems[0]).toMatchObject({
      error: 'TerminalError',
      message: expect.stringContaining('「接続の確認」で新しいホスト鍵を承認'),
    });

    await post('connections/source-web');
    const shown = await page();
    for (const words of ['鍵が変わっています', keyOf('a'), keyOf('b'), '承認しないでください'])
      expect(shown).toContain(words);
    expect(await pinned()).toBe(keyOf('a'));

    const careless = await post('connections/source-web/key', { key: keyOf('b') });
    expect(careless.status).toBe(422);
    expect(await wordsOf(careless)).toContain('チェックを入れてください');
    for (const key of [keyOf('c'), '', 'verified']) {
      const other = await post('connections/source-web/key', { ...known, key });
      expect(other.headers.get('location')).toMatch(/outcome=gone$/);
    }
    expect(await pinned()).toBe(keyOf('a'));
    expect(await noted('host-key-accepted')).toEqual([]);

    const taken = await post('connections/source-web/key', { ...known, key: keyOf('b') });
    expect(taken.headers.get('location')).toMatch(/outcome=key-accepted$/);
    expect(await pinned()).toBe(keyOf('b'));
    expect(await page()).toContain('新しい鍵を承認済み・未確認');
    const [note] = await noted('host-key-accepted');
    expect(note?.details).toEqual({
      server: 'source-web',
      key: keyOf('b'),
      was: keyOf('a'),
      reason: known['source-web-reason'],
    });
    // Sent twice: taken once.
    expect(
      (await post('connections/source-web/key', { ...known, key: keyOf('b') })).headers.get('location'),
    ).toMatch(/outcome=key-accepted$/);
    expect(await noted('host-key-accepted')).toHaveLength(1);

    await post('connections/source-web');
    await post('connections/target-web');
    expect((await office.load()).connections).toMatchObject({
      'source-web': { outcome: 'reached', hostKey: keyOf('b') },
      'target-web': { outcome: 'reached', hostKey: keyOf('t') },
    });
    await office.answer('transfer-problem', { decision: 'retry' });
    await office.open('migration-sign-off');
  });
});

describe('access that does not lead in', () => {
  test.each(['survey', 'migration-details'] as const)('is asked for again from the %s', async (step) => {
    begin();
    const { task } = await office.playUntil(step);
    const empty = await post('access-again', { task: task.id, accessRemarks: ' ' });
    expect(empty.status).toBe(422);
    const remarks = 'パスワードでログインできませんでした。FTP 用のものをご確認ください。';
    const again = await post('access-again', { task: task.id, accessRemarks: remarks });
    expect(again.headers.get('location')).toMatch(/outcome=asked-again$/);
    expect(
      (await post('access-again', { task: task.id, accessRemarks: remarks })).headers.get('location'),
    ).toMatch(/outcome=already$/);

    const { task: asked } = await office.open('source-access');
    expect(asked.remarks).toBe(remarks);
    expect(await wordsOf(await office.send(await office.link()))).toContain(remarks);
    expect(await noted('access-asked-again')).toHaveLength(1);
    await office.answer('source-access');
    const { task: next } = await office.open(step);
    expect(next).toMatchObject({ kind: step, generation: task.generation + 1 });
    expect(next.remarks).toBeUndefined();
    await office.answer(step);
    await office.open(step === 'survey' ? 'formal-quote-review' : 'migration-sign-off');
  });

  test('staff may ask as well; what is not open is not asked about', async () => {
    begin();
    await office.playUntil('consent');
    const early = await post('access-again', { accessRemarks: 'x' }, 'staff');
    expect(early.headers.get('location')).toMatch(/outcome=gone$/);
    const { task } = await office.playUntil('survey');
    const other = await post('access-again', { task: 'consent.1', accessRemarks: 'x' }, 'staff');
    expect(other.headers.get('location')).toMatch(/outcome=gone$/);
    const asked = await post(
      'access-again',
      { task: task.id, accessRemarks: 'もう一度お願いします。' },
      'staff',
    );
    expect(asked.headers.get('location')).toMatch(/outcome=asked-again$/);
  });
});
