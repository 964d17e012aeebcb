import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TaskKind } from '../../functions/case/tasks.ts';
import { databaseEngine } from '../../functions/migration/database/database-engine.ts';
import { problems } from '../../local/play/player.ts';
import { query, session } from '../migration/database/mysql-source.ts';
import { type MariadbServer, startMariadb } from '../servers/mariadb.ts';
import { Office, wholeCase, wordsOf } from './office.ts';

let source: MariadbServer;
let target: MariadbServer;
let office: Office;

beforeAll(async () => {
  [source, target] = await Promise.all([startMariadb(), startMariadb()]);
  const sql = await session(source);
  await sql.query(`CREATE DATABASE shop CHARACTER SET utf8mb4; USE shop;
    CREATE TABLE posts (id INT AUTO_INCREMENT PRIMARY KEY, title VARCHAR(50)); INSERT INTO posts (title) VALUES ('髙㈱😀'), ('二つ目');
    CREATE USER shop_user@'%' IDENTIFIED BY 'planted-source-pw'; GRANT ALL ON shop.* TO shop_user@'%'`);
  await sql.end();
  const there = await session(target);
  await there.query(
    "CREATE USER maker@'%' IDENTIFIED BY 'planted-maker-pw'; GRANT ALL ON *.* TO maker@'%' WITH GRANT OPTION",
  );
  await there.end();
  office = new Office({
    engines: { database: databaseEngine },
    settings: { allowedAddresses: ['127.0.0.0/8'] },
  });
});

afterAll(async () => {
  office?.close();
  await Promise.all([source?.stop(), target?.stop()]);
});

/** What a database's people type beside what everybody does. */
const typed = (): Partial<Record<TaskKind, Record<string, string | string[]>>> => ({
  'hearing-sheet': {
    plans: ['database'],
    databaseEngine: 'mariadb',
    databaseCount: '1',
    databaseGigabytes: '1',
  },
  'source-access': {
    databaseEngine: 'mysql',
    databaseAccess: 'login',
    databaseWay: 'direct',
    databaseHost: '127.0.0.1',
    databasePort: `${source.port}`,
    databaseName: 'shop',
    databaseUser: 'shop_user',
    databasePassword: 'planted-source-pw',
    databaseTls: 'none',
    databaseClear: 'yes',
  },
  'migration-details': {
    targetDatabaseWay: 'direct',
    targetDatabaseHost: '127.0.0.1',
    targetDatabasePort: `${target.port}`,
    targetDatabaseName: 'new_shop',
    targetDatabaseUser: 'new_user',
    targetDatabaseTls: 'none',
    targetDatabaseClear: 'yes',
    targetDatabaseAdministrator: 'maker',
    targetDatabaseAdministratorPassword: 'planted-maker-pw',
  },
});

async function playUntil(kind: TaskKind): Promise<void> {
  const changed = typed();
  for (const next of wholeCase) {
    const c = await office.load();
    if (c.forms[next] && !(next === 'source-access' && c.stage === 'ordered')) continue;
    if (next === 'survey' && c.survey) continue;
    if (next === kind) break;
    const page = await office.answer(next, changed[next] ?? {});
    if (page.status >= 400) throw new Error(`${next}: ${page.status} ${await problems(page)}`);
  }
  await office.open(kind);
}

const engineer = { headers: { cookie: 'hikkoshi-role=engineer', 'sec-fetch-site': 'same-origin' } };
const page = async () => wordsOf(await office.send(`/console/cases/${office.reference}`, engineer));

test('a case of a database goes from the survey to the invoice, and the rows are at the target', async () => {
  await office.openCase({ plans: ['database'] });
  await playUntil('survey');
  expect(await page()).toContain('データベースの調査');
  const looked = await office.send(`/console/cases/${office.reference}/database-survey`, {
    method: 'POST',
    ...engineer,
  });
  expect(looked.status).toBe(303);
  expect(await page()).toMatch(/shop: データベースの種類\s*MariaDB/);
  const template = await office.send(`/console/cases/${office.reference}/survey/template.csv`, engineer);
  const report = (await template.text()).replace('"判定","",""', '"判定","","可"');
  expect(report).toMatch(/"事実","DB容量\(GB\)","0\.\d{3}"/);
  const { c } = await office.open('survey');
  const sent = await office.player.sendSurvey(c, report);
  expect([sent.status, sent.status === 303 ? '' : await problems(sent)]).toEqual([303, '']);
  await playUntil('migration-sign-off');
  const moved = await office.load();
  expect(moved.transfers).toMatchObject([{ plan: 'database', run: 1, moved: 2, unexplained: 0 }]);
  const there = await session(target);
  expect(await query(there, 'SELECT title FROM new_shop.posts ORDER BY id')).toEqual([
    { title: '髙㈱😀' },
    { title: '二つ目' },
  ]);
  await there.end();
  const confided = `/console/cases/${office.reference}/confided`;
  const shown = await wordsOf(await office.send(confided, { method: 'POST', ...engineer }));
  expect(shown).toMatch(/作成したパスワード（new_shop） [A-Za-z2-9]{24} /);
  const kept = JSON.stringify([moved, await office.ports.records.history(moved.id)]);
  expect(kept).not.toMatch(/planted|shop_user/);
  await office.answer('migration-sign-off');
  await office.answer('acceptance');
  await office.answer('acceptance-review');
  await office.settle();
  expect((await office.load()).stage).toBe('invoiced');
  expect(Object.values(office.files()).join('')).not.toContain('planted');
});
