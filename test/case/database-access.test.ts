import { expect, test } from '@jest/globals';
import { sourceDatabaseAccess, targetDatabaseAccess } from '../../functions/case/database-access.ts';
import { InvalidInputError } from '../../functions/case/errors.ts';
import { type Posted, parseForm } from '../../functions/case/form.ts';
import { formFor, splitSecrets } from '../../functions/case/forms/index.ts';
import { sampleSettings as settings } from '../../functions/case/sample-settings.ts';
import { now, sampleCase, submitted } from './sample-case.ts';

const backup = { backup: 'yes', backupDate: '2026-11-23' };
const database = {
  databaseEngine: 'mysql',
  databaseAccess: 'login',
  databaseWay: 'direct',
  databaseHost: 'mysql12.example.jp',
  databaseName: 'shop',
  databaseUser: 'shop_u',
  databasePassword: 'planted-1',
};

function read(
  kind: 'source-access' | 'migration-details',
  posted: Posted,
  engine = 'mysql',
  databaseAccess = 'login',
) {
  const c = sampleCase({
    plans: ['database'],
    forms: { 'source-access': submitted('source-access', { databaseEngine: engine, databaseAccess }) },
  });
  return splitSecrets(parseForm(formFor(kind, c, settings, now), posted));
}

function refused(
  kind: 'source-access' | 'migration-details',
  posted: Posted,
  databaseAccess?: string,
): Record<string, string> {
  try {
    read(kind, posted, 'mysql', databaseAccess);
  } catch (error) {
    if (error instanceof InvalidInputError) return { ...error.fields };
    throw error;
  }
  return {};
}

test('the source’s databases go to the vault, and of them the case knows kind and way alone', () => {
  const more = 'blog blog_u planted-2\n  wiki　wiki_u　planted-3 \n';
  const { facts, secrets } = read('source-access', { ...backup, ...database, databaseMore: more });
  expect(sourceDatabaseAccess.parse(JSON.parse(secrets['source-database']!))).toEqual({
    way: 'direct',
    engine: 'mysql',
    host: 'mysql12.example.jp',
    port: 3306,
    tls: 'encrypted',
    databases: [
      { database: 'shop', user: 'shop_u', password: 'planted-1' },
      { database: 'blog', user: 'blog_u', password: 'planted-2' },
      { database: 'wiki', user: 'wiki_u', password: 'planted-3' },
    ],
  });
  expect(facts).toMatchObject({ databaseEngine: 'mysql', databaseWay: 'direct' });
  expect(JSON.stringify(facts)).not.toMatch(/planted|shop|mysql12/);
});

test('a dump needs no log-in; a clear line, half a line and a missing name are refused where they are', () => {
  const dump = read('source-access', {
    ...backup,
    databaseEngine: 'postgresql',
    databaseAccess: 'dump',
    databaseWay: 'direct',
  });
  expect(JSON.parse(dump.secrets['source-database']!)).toEqual({ way: 'dump', engine: 'postgresql' });
  const { databaseName: _, ...nameless } = database;
  expect(
    refused('source-access', { ...backup, ...nameless, databaseTls: 'none', databaseMore: 'a b c\nblog' }),
  ).toEqual({
    databaseName: expect.stringContaining('データベース名'),
    databaseClear: expect.stringContaining('了解'),
    databaseMore: expect.stringContaining('2行目'),
  });
  // Without web data there is no SSH server to go through.
  expect(Object.keys(refused('source-access', { ...backup, ...database, databaseWay: 'web' }))).toEqual([
    'databaseWay',
  ]);
});

test('the target’s databases are confided, or made by an administrator’s account', () => {
  const posted = {
    startsAt: '2026-12-01T22:00',
    windowEndsAt: '2026-12-02T06:00',
    targetDatabaseWay: 'direct',
    targetDatabaseHost: 'db.example.jp',
    targetDatabaseName: 'shop',
    targetDatabaseUser: 'shop',
    targetDatabaseAdministrator: 'root',
    targetDatabaseAdministratorPassword: 'planted-4',
    targetDatabaseRepair: 'posts.title, posts.body\ncomments.text',
    targetDatabaseDumps: 'shop.sql.gz',
  };
  const { facts, secrets } = read('migration-details', posted, 'postgresql');
  expect(targetDatabaseAccess.parse(JSON.parse(secrets['target-database']!))).toEqual({
    way: 'direct',
    host: 'db.example.jp',
    port: 5432,
    tls: 'encrypted',
    databases: [{ database: 'shop', user: 'shop', password: '' }],
    dumps: ['shop.sql.gz'],
    administrator: { user: 'root', password: 'planted-4' },
    repairDoubleEncoding: ['posts.title', 'posts.body', 'comments.text'],
  });
  expect(JSON.stringify(facts)).not.toMatch(/planted|root|db\.example/);
  const { targetDatabaseAdministrator: _, ...unmade } = posted;
  expect(Object.keys(refused('migration-details', unmade))).toEqual(['targetDatabasePassword']);
});

test('what could not work is refused at once: names twice, files that are too few, columns without a table', () => {
  const posted = {
    startsAt: '2026-12-01T22:00',
    windowEndsAt: '2026-12-02T06:00',
    targetDatabaseWay: 'direct',
    targetDatabaseHost: 'db.example.jp',
    targetDatabaseName: 'shop',
    targetDatabaseUser: 'site',
    targetDatabasePassword: 'pw',
    targetDatabaseMore: 'blog site pw',
  };
  expect(refused('migration-details', posted)).toEqual({});
  const made = { ...posted, targetDatabaseAdministrator: 'root' };
  expect(refused('migration-details', made).targetDatabaseMore).toContain('別のユーザー名');
  const twice = { ...posted, targetDatabaseMore: 'shop other pw' };
  expect(refused('migration-details', twice).targetDatabaseMore).toContain('同じデータベース');
  expect(refused('migration-details', posted, 'dump').targetDatabaseDumps).toContain('2件');
  const two = { ...posted, targetDatabaseDumps: 'a.sql\nb.sql.gz' };
  expect(refused('migration-details', two, 'dump')).toEqual({});
  const repair = { ...posted, targetDatabaseRepair: 'posts.title\nbody' };
  expect(refused('migration-details', repair).targetDatabaseRepair).toContain('テーブル名.列名');
});
