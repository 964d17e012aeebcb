import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { FixRule } from '../../../functions/case/web-fixes/rules.ts';
import { editFile } from '../../../functions/migration/web/fixes/edit-file.ts';
import { scanFile } from '../../../functions/migration/web/fixes/scan-file.ts';
import { type SourceFile, sourceFile } from '../../../functions/migration/web/fixes/source-file.ts';
import { contextOf } from './scanned.ts';

/** The WordPress of Debian's package: what is found in a real program, and what is not. */
const root = '/usr/share/wordpress';

function* below(folder: string): Generator<string> {
  for (const entry of readdirSync(folder)) {
    const path = join(folder, entry);
    if (!existsSync(path)) continue;
    if (statSync(realpathSync(path)).isDirectory()) yield* below(path);
    else yield path;
  }
}

describe('WordPress', () => {
  const files: { path: string; file: SourceFile }[] = [];
  beforeAll(() => {
    for (const path of below(root)) {
      const file = sourceFile(
        Buffer.from(relative(root, path)),
        readFileSync(path),
        statSync(path).mode & 0o777,
      );
      if (file) files.push({ path: relative(root, path), file });
    }
  });

  const places = new Map<FixRule, string[]>();
  beforeAll(() => {
    const context = contextOf({ phpFrom: '7.4', phpTo: '8.2' });
    for (const { path, file } of files) {
      for (const { rule, line } of scanFile(file, context).places)
        places.set(rule, [...(places.get(rule) ?? []), `${path}:${line}`]);
    }
  });

  const placesOf = (rule: FixRule) => places.get(rule) ?? [];

  test('a program that runs on PHP 8 has nothing that PHP 8 lacks', () => {
    expect(files.length).toBeGreaterThan(1_000);
    for (const rule of ['php-removed', 'php-syntax', 'php-short-tag', 'php-constructor'] as const)
      expect([rule, placesOf(rule)]).toEqual([rule, []]);
  });

  test('its settings of the database are found, and replaced in the sample', () => {
    const at = placesOf('database-settings');
    expect(at.filter((place) => place.startsWith('wp-config-sample.php'))).toHaveLength(4);
    const { file } = files.find(({ path }) => path === 'wp-config-sample.php')!;
    const database = { databaseHost: 'localhost', databaseName: 'new_db', databaseUser: 'new_user' };
    const edited = editFile(file, contextOf(database), ['database-settings'])!.content.toString();
    expect(edited).toContain("define( 'DB_NAME', 'new_db' );");
    expect(edited.split('\n')).toHaveLength(file.text.split('\n').length);
  });

  test('a host name that is everywhere is replaced in each file, and nothing else is', () => {
    const context = contextOf({ oldHosts: ['wordpress.org'], newHost: 'zz.invalid' });
    let replaced = 0;
    for (const { file } of files.filter(({ file: { text } }) => text.includes('wordpress.org'))) {
      const edited = editFile(file, context, ['old-host']);
      if (!edited) continue;
      replaced += edited.edits.length;
      // Back again, by hand.
      const back = edited.content.toString('latin1').replaceAll('zz.invalid', 'wordpress.org');
      expect(back.toLowerCase()).toBe(file.text.toLowerCase());
    }
    expect(replaced).toBeGreaterThan(400);
  });
});
