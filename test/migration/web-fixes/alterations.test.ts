import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { sampleSettings } from '../../../functions/case/sample-settings.ts';
import type { FixRule } from '../../../functions/case/web-fixes/rules.ts';
import { dryRun } from '../../../functions/migration/web/dry-run.ts';
import { Alterations, type ApprovedFix } from '../../../functions/migration/web/fixes/alterations.ts';
import { editFile } from '../../../functions/migration/web/fixes/edit-file.ts';
import { MemoryTree } from '../../../functions/migration/web/memory-tree.ts';
import { jobOf, ledgerOf, nextRun, reportOf, type TestJob, transfer } from '../whole-transfer.ts';
import { contextOf, fileOf } from './scanned.ts';

const request = {
  sourceRoot: '/home/kyu',
  targetRoot: '/var/www/shin',
  databaseHost: 'localhost',
  databaseName: 'new_db',
  databaseUser: 'new_user',
};
const context = contextOf(request);
const page = 'include("/home/kyu/a.php");\n';
const config = "<?php\ndefine('DB_PASSWORD', 'furui');\n";
const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

function approve(
  path: string,
  content: string,
  rules: FixRule[] = ['old-path', 'database-settings'],
): [string, ApprovedFix] {
  const after = editFile(fileOf(path, content), context, rules)!.content;
  return [path, { rules, sha256: sha256(content), after: sha256(after), request: context.request, by: 'e' }];
}

const alterations = (fixes: [string, ApprovedFix][], password?: string) =>
  new Alterations(
    new Map(fixes),
    sampleSettings.targets.managed.web,
    new Map(password === undefined ? [] : [['new_db', password]]),
  );

let source: MemoryTree;
let target: MemoryTree;
let job: TestJob;
beforeEach(async () => {
  source = new MemoryTree();
  target = new MemoryTree();
  job = jobOf(source, target);
  await put(source, 'a.php', page);
  await put(source, 'b.php', 'nothing\n');
});

async function put(tree: MemoryTree, name: string, content: string, age = 86_400): Promise<void> {
  const path = Buffer.from(name);
  await tree.remove(path).catch(() => undefined);
  const mtime = Math.floor(Date.now() / 1000) - age;
  await tree.write(path, 0, Buffer.from(content), { create: true, attributes: { mode: 0o644, mtime } });
}

const at = async (name: string) => (await target.read(Buffer.from(name), 0, 9_999)).content.toString();
const lineOf = async (run: TestJob, name: string) => (await ledgerOf(run)).get(name)!;

describe('a run with approved fixes', () => {
  test('moves the file altered, in every depth of the verification without anything unexplained', async () => {
    job.alterations = alterations([approve('a.php', page)]);
    const summary = await transfer(job, 'full');
    expect(summary).toMatchObject({ moved: 1, altered: 1, unexplained: 0 });
    expect(await at('a.php')).toBe('include("/var/www/shin/a.php");\n');
    expect(await lineOf(job, 'a.php')).toMatchObject({
      outcome: 'altered',
      verified: 'match',
      size: page.length,
      sha256: sha256(page),
      how: '修正を適用（移行元サーバの絶対パス）',
      fixed: { sha256: sha256('include("/var/www/shin/a.php");\n') },
    });
    expect(await reportOf(job)).toEqual([expect.objectContaining({ result: 'altered', path: './a.php' })]);
  });

  test('the next run leaves it alone, and so does one after that', async () => {
    job.alterations = alterations([approve('a.php', page)]);
    await transfer(job);
    let run = nextRun(job);
    for (let count = 0; count < 2; count += 1) {
      expect(await transfer(run, 'full')).toMatchObject({ unchanged: 2, altered: 0, unexplained: 0 });
      expect((await lineOf(run, 'a.php')).how).toBe('修正を適用（移行元サーバの絶対パス）');
      run = nextRun(run);
    }
    expect(await at('a.php')).toContain('/var/www/shin');
  });

  test('what is approved after the first run is applied by the second, and nothing else moves again', async () => {
    await transfer(job);
    const run = { ...nextRun(job), alterations: alterations([approve('a.php', page)]) };
    expect(await transfer(run)).toMatchObject({ unchanged: 1, altered: 1, moved: 0, unexplained: 0 });
    expect(await at('a.php')).toContain('/var/www/shin');
  });

  test('what is taken back after a run stands as at the source after the next', async () => {
    job.alterations = alterations([approve('a.php', page)]);
    await transfer(job);
    const run = { ...nextRun(job), alterations: alterations([]) };
    expect(await transfer(run)).toMatchObject({ moved: 1, unchanged: 1, unexplained: 0 });
    expect(await at('a.php')).toBe(page);
    expect(await transfer(nextRun(run))).toMatchObject({ unchanged: 2, unexplained: 0 });
  });

  test('a file that has changed since then moves as it is, and that is told', async () => {
    const changed = `${page}// neu\n`;
    job.alterations = alterations([approve('a.php', page)]);
    await put(source, 'a.php', changed);
    expect(await transfer(job)).toMatchObject({ moved: 2, altered: 0, unexplained: 0 });
    expect(await at('a.php')).toBe(changed);
    expect(await reportOf(job)).toEqual([
      expect.objectContaining({
        result: 'not-fixed',
        path: './a.php',
        remark: expect.stringContaining('承認後'),
      }),
    ]);
  });

  test('and so does one that has become too large for any fix', async () => {
    job.alterations = alterations([approve('a.php', page)]);
    await put(source, 'a.php', page.repeat(400_000));
    expect(await transfer(job)).toMatchObject({ moved: 2, unexplained: 0 });
    expect(await reportOf(job)).toEqual([expect.objectContaining({ result: 'not-fixed', path: './a.php' })]);
  });

  test('a file that changes between two runs loses its fix until it is approved again', async () => {
    job.alterations = alterations([approve('a.php', page)]);
    await transfer(job);
    const changed = `${page}// neu\n`;
    await put(source, 'a.php', changed, 3_600);
    const second = nextRun(job);
    expect(await dryRun(second)).toMatchObject({
      forecast: { changed: { objects: 1 }, warnings: [expect.stringContaining('うち1件')] },
    });
    expect(await transfer(second)).toMatchObject({ moved: 1, unexplained: 0 });
    expect((await lineOf(second, 'a.php')).fixed).toBeUndefined();
    expect(await at('a.php')).toBe(changed);
    const third = { ...nextRun(second), alterations: alterations([approve('a.php', changed)]) };
    expect(await transfer(third)).toMatchObject({ altered: 1, unexplained: 0 });
    expect(await at('a.php')).toBe(changed.replace('/home/kyu', '/var/www/shin'));
  });

  test('that a fix is missing is told by every run until it is approved again or taken back', async () => {
    job.alterations = alterations([approve('a.php', page)]);
    await transfer(job);
    await put(source, 'a.php', `${page}// neu\n`, 3_600);
    const second = nextRun(job);
    await transfer(second);
    const third = nextRun(second);
    expect(await transfer(third)).toMatchObject({ unchanged: 2, moved: 0, unexplained: 0 });
    for (const run of [second, third])
      expect(await reportOf(run)).toEqual([
        expect.objectContaining({ result: 'not-fixed', path: './a.php' }),
      ]);
    const fourth = { ...nextRun(third), alterations: alterations([]) };
    expect(await transfer(fourth)).toMatchObject({ unchanged: 2, moved: 0, unexplained: 0 });
    expect(await reportOf(fourth)).toEqual([]);
  });

  test('one that is approved for what the file was before it was copied is told to be missing', async () => {
    await transfer(job);
    const second = { ...nextRun(job), alterations: alterations([approve('a.php', `${page}// alt\n`)]) };
    expect(await transfer(second)).toMatchObject({ unchanged: 2, moved: 0, unexplained: 0 });
    expect(await reportOf(second)).toEqual([
      expect.objectContaining({ result: 'not-fixed', path: './a.php' }),
    ]);
  });

  test('what was changed at the target after the last run is not replaced by a fix approved since, and that is told', async () => {
    await transfer(job);
    await put(target, 'a.php', 'mine\n', 0);
    const second = { ...nextRun(job), alterations: alterations([approve('a.php', page)]) };
    expect(await transfer(second)).toMatchObject({ unexplained: 0 });
    expect(await at('a.php')).toBe('mine\n');
    expect((await reportOf(second)).map(({ result }) => result).sort()).toEqual([
      'kept-at-target',
      'not-fixed',
    ]);
    for await (const batch of target.list(Buffer.from('')))
      expect(batch.map(({ name }) => name.toString()).sort()).toEqual(['a.php', 'b.php']);
    // Nor by what stands at the source, when the fix is taken back.
    const third = { ...nextRun(second), alterations: alterations([]) };
    await transfer(third);
    expect(await at('a.php')).toBe('mine\n');
  });

  test('nor is a fixed file that somebody has worked on, when its fix is taken back', async () => {
    job.alterations = alterations([approve('a.php', page)]);
    await transfer(job);
    await put(target, 'a.php', 'mine\n', 0);
    const second = { ...nextRun(job), alterations: alterations([]) };
    expect(await transfer(second)).toMatchObject({ unexplained: 0 });
    expect(await at('a.php')).toBe('mine\n');
  });

  test('what somebody has changed at the target since then stays', async () => {
    await transfer(job);
    await put(target, 'a.php', 'mine\n', 0);
    const second = nextRun(job);
    await transfer(second);
    const third = { ...nextRun(second), alterations: alterations([approve('a.php', page)]) };
    expect(await transfer(third)).toMatchObject({ unexplained: 0 });
    expect(await at('a.php')).toBe('mine\n');
  });

  test('a target that does not hold the fix is not explained', async () => {
    job.alterations = alterations([approve('a.php', page)]);
    const write = target.writeMany.bind(target);
    target.writeMany = (files) =>
      write(
        files.map((file) => ({
          ...file,
          content: Buffer.from(file.content.toString().replace('shin', 'furu')),
        })),
      );
    expect(await transfer(job)).toMatchObject({ unexplained: 1 });
  });
});

describe('what is not what was approved is not done', () => {
  const altered = (fix: [string, ApprovedFix], content: string, password?: string) =>
    alterations([fix], password).alter(Buffer.from(fix[0]), Buffer.from(content), 0o644);

  test('another difference than the one that was shown', () => {
    const [path, fix] = approve('a.php', page);
    expect(altered([path, { ...fix, after: sha256('x') }], page)).toEqual({
      notFixed: expect.stringContaining('一致しない'),
    });
    const other = { ...fix, request: { ...fix.request, targetRoot: '/etc' } };
    expect(altered([path, other], page)).toHaveProperty('notFixed');
  });

  test('a password that nobody has', () => {
    const fix = approve('wp-config.php', config);
    expect(altered(fix, config)).toEqual({ notFixed: expect.stringContaining('パスワード') });
  });

  test.each([
    ['Abc123', "'Abc123'"],
    ["a'b\\c", "'a\\'b\\\\c'"],
    ['パス$x', "'パス$x'"],
  ])('the password %j is written as PHP reads it', (password, literal) => {
    const result = altered(approve('wp-config.php', config), config, password);
    expect(result).toMatchObject({ content: Buffer.from(config.replace("'furui'", literal)) });
    expect(JSON.stringify({ ...result, content: '' })).not.toContain(password);
  });

  test.each([
    ['Abc123', 'Abc123'],
    ['a b"$`#', '"a b\\"\\$\\`#"'],
  ])('the password %j is written as .env reads it', (password, text) => {
    const env = 'DB_PASSWORD=furui\n';
    expect(altered(approve('.env', env), env, password)).toMatchObject({
      content: Buffer.from(`DB_PASSWORD=${text}\n`),
    });
  });

  test('a file without an approval', () => {
    expect(
      alterations([approve('a.php', page)]).alter(Buffer.from('b.php'), Buffer.from(page), 0o644),
    ).toBeUndefined();
  });
});
