import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { parseCsv } from '../../functions/case/csv.ts';
import { readLines } from '../../functions/migration/ndjson.ts';
import type { ObjectLine } from '../../functions/migration/object-line.ts';
import { problems } from '../../local/play/player.ts';
import { surveyFile } from '../../local/play/survey-file.ts';
import type { Visitor } from '../../local/play/visitor.ts';
import { Office } from './office.ts';

/** R9 from the search to the moved site, through the pages and the flows of the local product. */
const oldPassword = 'Furui-kagi-8c1d2e';
const newPassword = "Atarashii-'kagi'-5f6a";
const config = `<?php
define( 'DB_NAME', 'old_db' );
define( 'DB_USER', 'old_user' );
define( 'DB_PASSWORD', '${oldPassword}' );
define( 'DB_HOST', 'mysql12.old-host.example' );
require '/home/kyu/www/settings.php';
`;
const page = '<?php echo "日本語"; include("/home/kyu/www/lib.php"); ?>\r\n<p>そのまま</p>\r\n';
const evil = '"><script>alert(1).php';
const hostile = '<?php // "><img src=x onerror=alert(1)> \u202e\ninclude "/home/kyu/www/x.php";\n';

let office: Office;
let engineer: Visitor;
const request = {
  sourceRoot: '/home/kyu/www/',
  targetRoot: '/var/www/shin/html',
  oldHosts: 'www12.old-host.example',
  newHost: 'www.example.jp',
  phpFrom: '7.4',
  phpTo: '8.2',
  databaseHost: 'localhost',
  databaseName: 'new_db',
  databaseUser: 'new_user',
};

beforeEach(async () => {
  office = new Office();
  await put('wp-config.php', config);
  await put('index.php', page);
  await put('plain.php', '<?php echo 1;\n');
  await put(evil, hostile);
  engineer = await office.browser('engineer');
});
afterEach(() => office.close());

async function put(name: string, content: string): Promise<void> {
  const mtime = Math.floor(Date.now() / 1000) - 86_400;
  const path = Buffer.from(name);
  await office.source.remove(path).catch(() => undefined);
  await office.source.write(path, 0, Buffer.from(content), {
    create: true,
    attributes: { mode: 0o644, mtime },
  });
}

/** Everything that is kept, but for the vault. */
function kept(): string {
  const folder = join(office.folder, 'objects');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return [
    JSON.stringify(office.tables()),
    ...files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1')),
  ].join('\n');
}

const at = () => `/console/cases/${office.reference}/fixes`;
const text = async (path: string, who: Visitor = engineer) => (await who.get(path)).text();

async function search(): Promise<void> {
  const answer = await engineer.post(`${at()}/scan`, request);
  if (answer.status !== 303) throw new Error(await problems(answer));
  await office.settle();
  expect((await office.load()).webFixes).toMatchObject({ status: 'done' });
}

/** The report that the template offers, with its rows of findings and a verdict. */
async function sendSurvey(): Promise<void> {
  const template = await text(`/console/cases/${office.reference}/survey/template.csv`);
  const offered = parseCsv(template.replace(/^\ufeff/, ''), { rows: 500, columns: 20, cell: 2_000 })
    .map(({ cells }) => cells)
    .filter(([kind, item]) => kind === '指摘' && item !== '古い関数');
  expect(offered.length).toBeGreaterThan(1);
  const rows = offered.map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','));
  const answer = await office.player.sendSurvey(
    await office.load(),
    `${surveyFile(office.clock.now())}${rows.join('\r\n')}\r\n`,
  );
  if (answer.status !== 303) throw new Error(await problems(answer));
}

async function tickAll(page: string): Promise<{ scan: string; file: string[] }> {
  const file = [...page.matchAll(/name="file" value="([^"]+)"/g)].map((match) => match[1]!);
  return { scan: /name="scan" value="(\d+)"/.exec(page)![1]!, file };
}

async function ledger(): Promise<Map<string, ObjectLine>> {
  const summary = (await office.load()).transfers.at(-1)!;
  const lines = new Map<string, ObjectLine>();
  for await (const line of readLines<ObjectLine>(office.ports.objects, summary.ledgerKey))
    lines.set(line.path ?? '', line);
  return lines;
}

async function confideDatabase(): Promise<void> {
  const { forms, id } = await office.load();
  const access = {
    host: 'localhost',
    port: 3306,
    tls: 'none',
    way: 'web',
    databases: [{ database: 'new_db', user: 'new_user', password: newPassword }],
    repairDoubleEncoding: [],
  };
  const name = `target-database.${forms['migration-details']!.value.confided}`;
  await office.ports.vault.put(id, name, JSON.stringify(access));
}

test('found at the survey, quoted line by line, ordered, approved with a look at the difference, moved altered', async () => {
  await office.playUntil('survey');
  expect(await text(`/console/cases/${office.reference}`)).toContain('Web データの修正箇所');
  await search();
  const found = await text(`${at()}/findings`);
  expect(found).toContain('index.php:1');
  expect(found).toContain('&lt;script&gt;alert(1).php:2');
  expect(found).not.toMatch(/<script|<img|\u202e/);
  expect(found).not.toContain(oldPassword);
  await sendSurvey();

  const { c } = await office.open('formal-quote-review');
  const offers = c.survey!.findings.filter(({ rule }) => rule);
  expect(offers.map(({ rule }) => rule)).toEqual(expect.arrayContaining(['old-path', 'database-settings']));
  // Only the path and the database are chosen: the rest is not part of the quote.
  const chosen = c
    .survey!.findings.map(({ rule }, index) => ({ rule, key: `fix-${index + 1}` }))
    .filter(({ rule }) => rule === 'old-path' || rule === 'database-settings')
    .map(({ key }) => key);
  await office.answer('formal-quote-review', { fixes: chosen });
  await office.settle();
  const quote = (await office.load()).quotes.at(-1)!;
  const lines = quote.lines.filter(({ code }) => code === 'fixes');
  expect(lines.map(({ label }) => label)).toEqual([
    expect.stringContaining('絶対パス'),
    expect.stringContaining('データベースの接続設定'),
  ]);
  // R24: the facts stay, what quotes the customer's files is gone.
  expect(kept()).toContain('index.php');
  expect(kept()).not.toContain('include(');
  const facts = await text(`${at()}/findings`);
  expect(facts).toContain('index.php:1');
  expect(facts).not.toContain('include(');

  // The standing clock moves on: what was confided after the erasure counts.
  office.clock.set(new Date(office.clock.now().getTime() + 60_000));
  await office.playUntil('migration-details');
  await office.answer('migration-details');
  await confideDatabase();
  await search();
  const shown = await text(`${at()}/diffs`);
  expect(shown).toContain('/var/www/shin/html/lib.php');
  expect(shown).not.toMatch(new RegExp(`<script|<img|\u202e|${oldPassword}|Atarashii`));
  // Looking approves nothing, and neither does a button without a choice.
  const before = office.state();
  for (const path of ['', '/findings', '/findings?page=2', '/findings.ndjson', '/diffs', '/diffs?page=9'])
    expect([path, (await engineer.get(`${at()}${path}`)).status]).toEqual([path, 200]);
  expect(office.state()).toEqual(before);
  expect((await engineer.post(`${at()}/diffs`, { scan: '2' })).status).toBe(422);
  expect((await office.load()).webFixes!.approvals).toEqual([]);
  // However often the button is pressed, at once or later.
  const [approved, atOnce] = await Promise.all(
    [1, 2].map(async () => engineer.post(`${at()}/diffs`, await tickAll(shown))),
  );
  const later = await engineer.post(`${at()}/diffs`, await tickAll(shown));
  expect([approved!.status, atOnce!.status, later.status]).toEqual([303, 303, 303]);
  expect((await office.load()).webFixes!.approvals).toHaveLength(1);
  const history = await office.ports.records.history(office.reference);
  expect(history.filter(({ what }) => what === 'fixes-approved')).toHaveLength(1);
  const after = await text(approved!.headers.get('location')!);
  expect(after).toContain('承認済み');
  expect(after).not.toContain('この差分を承認する');

  // Taken back, and approved again: what was said last counts.
  const taken = [...after.matchAll(/name="withdraw" value="([^"]+)"/g)].map((match) => match[1]!);
  expect(taken).toHaveLength(3);
  expect((await engineer.post(`${at()}/diffs`, { scan: '2', withdraw: taken.slice(0, 1) })).status).toBe(303);
  const open = await text(`${at()}/diffs`);
  expect(open.split('この差分を承認する')).toHaveLength(2);
  expect(
    (await engineer.post(`${at()}/diffs`, { scan: '1', all: 'yes', shown: taken.slice(0, 1) })).status,
  ).toBe(422);
  expect(
    (await engineer.post(`${at()}/diffs`, { scan: '2', all: 'yes', shown: taken.slice(0, 1) })).status,
  ).toBe(303);

  // Changed after the approval: moved as it is, and told.
  await put(evil, `${hostile}// 変更\n`);
  await office.open('migration-sign-off');
  const summary = (await office.load()).transfers.at(-1)!;
  expect(summary).toMatchObject({ unexplained: 0 });
  expect(summary.remarks?.join()).toContain('1件のファイルには適用していません');
  const moved = async (name: string) =>
    (await office.target.read(Buffer.from(name), 0, 10_000)).content.toString();
  expect(await moved('index.php')).toBe(page.replace('/home/kyu/www', '/var/www/shin/html'));
  expect(await moved('plain.php')).toBe('<?php echo 1;\n');
  expect(await moved(evil)).toBe(`${hostile}// 変更\n`);
  expect(await moved('wp-config.php')).toBe(`<?php
define( 'DB_NAME', 'new_db' );
define( 'DB_USER', 'new_user' );
define( 'DB_PASSWORD', 'Atarashii-\\'kagi\\'-5f6a' );
define( 'DB_HOST', 'localhost' );
require '/var/www/shin/html/settings.php';
`);
  const entered = await ledger();
  expect(entered.get('./index.php')).toMatchObject({
    outcome: 'altered',
    verified: 'match',
    how: expect.stringContaining('移行元サーバの絶対パス'),
    size: Buffer.byteLength(page),
  });
  expect(entered.get('./index.php')!.fixed!.sha256).not.toBe(entered.get('./index.php')!.sha256);
  expect(entered.get('./plain.php')).toMatchObject({ outcome: 'moved' });
  expect(entered.get(`./${evil}`)!.notFixed).toContain('承認後に移行元で変更');
  const all = JSON.stringify([...entered.values()]);
  expect(all).not.toContain('Atarashii');
  for (const secret of [oldPassword, newPassword, 'Atarashii']) expect(kept()).not.toContain(secret);
  // The source is as it was.
  expect((await office.source.read(Buffer.from('index.php'), 0, 9_999)).content.toString()).toBe(page);
});

test('who may not, cannot; and nothing is approved that is not on the page', async () => {
  await office.playUntil('survey');
  const staff = await office.browser('staff');
  const finance = await office.browser('finance');
  expect((await staff.post(`${at()}/scan`, request)).status).toBe(403);
  expect((await finance.get(at())).status).toBe(403);
  expect((await engineer.post(`${at()}/scan`, { ...request, sourceRoot: '/etc/../x' })).status).toBe(422);
  expect((await office.load()).webFixes).toBeUndefined();
  await search();
  expect((await staff.get(`${at()}/findings`)).status).toBe(200);
  // Nothing is ordered yet.
  expect((await engineer.get(`${at()}/diffs`)).status).toBe(404);
  expect((await engineer.post(`${at()}/diffs`, { scan: '1', file: ['0-x'] })).status).toBe(404);
});

test('a server that cannot be reached ends the search with the reason, and another one may begin', async () => {
  office.close();
  office = new Office({
    openTree: async () => {
      const { TerminalError } = await import('../../functions/case/errors.ts');
      throw new TerminalError('ログインできませんでした。パスワードをご確認ください。');
    },
  });
  engineer = await office.browser('engineer');
  await office.playUntil('survey');
  await engineer.post(`${at()}/scan`, request);
  await office.settle();
  expect((await office.load()).webFixes).toMatchObject({ status: 'failed' });
  expect(await text(at())).toContain('ログインできませんでした');
  expect((await engineer.post(`${at()}/scan`, request)).status).toBe(303);
});
