import { describe, expect, test } from '@jest/globals';
import { sampleSettings } from '../../../functions/case/sample-settings.ts';
import { encodingOf } from '../../../functions/migration/web/fixes/encoding.ts';
import { permissionProblem } from '../../../functions/migration/web/fixes/rules/permissions.ts';
import { fileType, sourceFile } from '../../../functions/migration/web/fixes/source-file.ts';
import { fixed, found } from './scanned.ts';

describe('a string that PHP has serialised says its own length', () => {
  const request = { oldHosts: ['old.example'], newHost: 'www.example.jp' };

  test.each([
    's:20:"http://old.example/x";',
    'a:1:{s:1:"u";s:20:"http://old.example/x";}',
    's:20:\\"http://old.example/x\\";',
    `s:5022:"${'x'.repeat(3_000)} http://old.example/ ";`,
  ])('%.40s is found, and left to a person', (text) => {
    expect(found('old-host', 'cache.php', text, request)).toEqual([
      '1 old.example（シリアライズされた文字列の中）',
    ]);
    expect(fixed('old-host', 'cache.php', text, request)).toBeUndefined();
  });

  test('a name as long as the old one does no harm, and neither does what stands beside it', () => {
    const same = { ...request, newHost: 'new.example' };
    expect(fixed('old-host', 'a.txt', 's:20:"http://old.example/x";', same)).toBe(
      's:20:"http://new.example/x";',
    );
    expect(fixed('old-host', 'a.php', 's:3:"abc"; http://old.example/', request)).toBe(
      's:3:"abc"; http://www.example.jp/',
    );
  });

  test('paths too', () => {
    const paths = { sourceHome: '/home/kyu', targetHome: '/var/www/shin' };
    expect(found('old-path', 'a.txt', 'a:1:{i:0;s:11:"/home/kyu/x";}', paths)).toHaveLength(1);
    expect(fixed('old-path', 'a.txt', 'a:1:{i:0;s:11:"/home/kyu/x";}', paths)).toBeUndefined();
  });
});

test('kanji alone tell EUC-JP from CP932: no host name is taken for half of a character', () => {
  const request = { oldHosts: ['old.example'], newHost: 'new.example' };
  // 設定移行先 in EUC-JP, then the name at once: the last byte of 先, e8, would begin a character of CP932.
  const eucJp = Buffer.concat([Buffer.from('c0dfc4eab0dcb9d4c0e8', 'hex'), Buffer.from('old.example\n')]);
  expect(encodingOf(eucJp)).toBe('euc-jp');
  expect(fixed('old-host', 'a.html', eucJp, request)).toBe(
    eucJp.toString('latin1').replace('old.example', 'new.example'),
  );
  // 設定移行先 in CP932.
  expect(encodingOf(Buffer.from('90dd92e888da8d7390e6', 'hex'))).toBe('cp932');
});

describe('interpreters', () => {
  test('env looks for a name that the target may not have', () => {
    expect(found('interpreter', 'a.py', '#!/usr/bin/env python\n')).toEqual(['1 /usr/bin/env python']);
    expect(fixed('interpreter', 'a.py', '#!/usr/bin/env python\n')).toBe('#!/usr/bin/python3\n');
    expect(fixed('interpreter', 'a.py', '#!/usr/bin/env tclsh\n')).toBeUndefined();
    expect(found('interpreter', 'a.py', '#!/usr/bin/env tclsh\n')).toHaveLength(1);
    for (const there of ['python3', 'perl', 'ruby', 'perl -w'])
      expect([there, found('interpreter', 'a.py', `#!/usr/bin/env ${there}\n`)]).toEqual([there, []]);
  });

  test('a program may have no suffix: its mode and its first line say what it is', () => {
    const cron = Buffer.from('bin/cron');
    const script = Buffer.from('#!/usr/local/bin/perl\n');
    expect(fileType(cron, 0o755)).toBe('script');
    expect(fileType(cron, 0o644)).toBeUndefined();
    expect(fileType(Buffer.from('a.jpg'), 0o755)).toBeUndefined();
    expect(sourceFile(cron, script, 0o755)?.type).toBe('script');
    expect(sourceFile(cron, Buffer.from('no program'), 0o755)).toBeUndefined();
  });
});

describe('.htaccess', () => {
  test('what is only for an Apache that the target is not is left alone', () => {
    const text = `<IfModule !mod_authz_core.c>
Order deny,allow
Deny from all
</IfModule>
<IfModule mod_authz_core.c>
Require all denied
</IfModule>
<IfVersion < 2.4>
  Order allow,deny
  Allow from all
</IfVersion>
`;
    expect(found('htaccess-access', '.htaccess', text)).toEqual([]);
    expect(found('htaccess-access', '.htaccess', `${text}Order allow,deny\nAllow from all\n`)).toEqual([
      '12 Order',
      '13 Allow',
    ]);
    expect(
      found('htaccess-access', '.htaccess', '<IfModule mod_x.c>\nOrder allow,deny\n</IfModule>\n'),
    ).toEqual(['2 Order']);
  });
});

describe('.env', () => {
  const database = { databaseName: 'new_db', databaseUser: 'new_user' };
  const text = 'DB_HOST=old\nDB_PORT=3307\n';

  test('a port beside the host has its own line there', () => {
    const withPort = { ...database, databaseHost: 'db.example.jp:3310' };
    expect(fixed('database-settings', '.env', text, withPort)).toBe('DB_HOST=db.example.jp\nDB_PORT=3310\n');
    // Without a line for it, only a person knows where it belongs.
    expect(fixed('database-settings', '.env', 'DB_HOST=old\n', withPort)).toBeUndefined();
  });

  test('an odd port of the old server is not forgotten, and a plain one is none', () => {
    const plain = { ...database, databaseHost: 'localhost' };
    expect(found('database-settings', '.env', text, plain)).toEqual(['1 DB_HOST', '2 DB_PORT']);
    expect(fixed('database-settings', '.env', text, plain)).toBe('DB_HOST=localhost\nDB_PORT=3307\n');
    expect(found('database-settings', '.env', 'DB_PORT=3306\n', plain)).toEqual([]);
  });

  test('a socket is for wp-config.php alone', () => {
    const socket = { ...database, databaseHost: 'localhost:/run/my.sock' };
    expect(fixed('database-settings', '.env', 'DB_HOST=old\n', socket)).toBeUndefined();
    expect(fixed('database-settings', 'wp-config.php', "<?php define('DB_HOST', 'old');", socket)).toBe(
      "<?php define('DB_HOST', 'localhost:/run/my.sock');",
    );
  });
});

describe('PHP', () => {
  test('names that classes may not have any more', () => {
    const code =
      '<?php\nclass Object {}\nabstract class String extends A {}\ninterface Mixed {}\nclass Objects {}\n';
    expect(found('php-syntax', 'a.php', code).map((line) => line.split('：')[0])).toEqual([
      '2 クラス名 Object',
      '3 クラス名 String',
      '4 クラス名 Mixed',
    ]);
    expect(found('php-syntax', 'a.php', code, { phpFrom: '7.4' })).toHaveLength(1);
    expect(found('php-syntax', 'a.php', '<?php $class = Object; $o->class; A::class;')).toEqual([]);
  });

  test('calls that need one more argument', () => {
    const code =
      '<?php\nparse_str($q);\nparse_str($q, $r);\n$t = mktime();\n$t = mktime(0);\n$o->parse_str($q);\nconstructor();\n';
    expect(found('php-syntax', 'a.php', code).map((line) => line[0])).toEqual(['2', '4']);
  });

  test('extensions that left PHP in 8.4', () => {
    expect(found('php-removed', 'a.php', '<?php imap_open($a);', { phpTo: '8.3' })).toEqual([]);
    expect(found('php-removed', 'a.php', '<?php imap_open($a);', { phpTo: '8.4' })).toHaveLength(1);
  });

  test('in pages, however the tag is written', () => {
    for (const tag of ['<?PHP ereg($a);', '<?= ereg($a)'])
      expect(found('php-removed', 'a.html', `<p>${tag} ?></p>`)).toHaveLength(1);
  });
});

test.each([
  ['a.cgi', 'file', 0o775, 'open-permissions'],
  ['cgi-bin', 'directory', 0o775, 'open-permissions'],
  ['data', 'directory', 0o775, undefined],
  ['a.php', 'file', 0o664, undefined],
] as const)('suEXEC refuses what the group may write to: %s, a %s of %o', (name, kind, mode, expected) => {
  const { web } = sampleSettings.targets.managed;
  expect(permissionProblem(Buffer.from(name), { kind, mode }, web)?.rule).toBe(expected);
  expect(permissionProblem(Buffer.from(name), { kind, mode }, { suexec: false })).toBeUndefined();
});
