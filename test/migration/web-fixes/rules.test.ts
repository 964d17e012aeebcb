import { describe, expect, test } from '@jest/globals';
import { sampleSettings } from '../../../functions/case/sample-settings.ts';
import { encodingOf } from '../../../functions/migration/web/fixes/encoding.ts';
import { permissionProblem } from '../../../functions/migration/web/fixes/rules/permissions.ts';
import { fileType, largestFile, sourceFile } from '../../../functions/migration/web/fixes/source-file.ts';
import { fixed, found } from './scanned.ts';

describe('places of the old server', () => {
  const paths = {
    sourceHome: '/home/kyu',
    targetHome: '/var/www/shin',
    sourceRoot: '/home/kyu/public_html',
    targetRoot: '/var/www/shin/html',
  };

  test('paths, the longer one first, each whole', () => {
    const text = [
      'a = /home/kyu/public_html/x.php',
      'b = "/home/kyu/data" and /home/kyu, file:///home/kyu/',
      'no = /home/kyu2 /home/kyu-old /home/kyu.bak /x/home/kyu',
      'end = /home/kyu.',
    ].join('\n');
    expect(fixed('old-path', 'a.conf', text, paths)).toBe(
      [
        'a = /var/www/shin/html/x.php',
        'b = "/var/www/shin/data" and /var/www/shin, file:///var/www/shin/',
        'no = /home/kyu2 /home/kyu-old /home/kyu.bak /x/home/kyu',
        'end = /var/www/shin.',
      ].join('\n'),
    );
    expect(found('old-path', 'a.conf', text, paths).map((line) => line[0])).toEqual([
      '1',
      '2',
      '2',
      '2',
      '4',
    ]);
  });

  test('as JSON and scripts write them', () => {
    expect(
      fixed('old-path', 'a.json', '{"a":"\\/home\\/kyu\\/public_html\\/x","b":"\\/home\\/kyu2"}', paths),
    ).toBe('{"a":"\\/var\\/www\\/shin\\/html\\/x","b":"\\/home\\/kyu2"}');
  });

  test('without a counterpart it is found, and left to a person', () => {
    const request = { sourceHome: '/home/kyu', oldHosts: ['old.example'], oldAddresses: ['192.0.2.7'] };
    const text = '/home/kyu old.example 192.0.2.7\n';
    for (const rule of ['old-path', 'old-host', 'old-address'] as const) {
      expect(found(rule, 'a.php', text, request)).toHaveLength(1);
      expect(fixed(rule, 'a.php', text, request)).toBeUndefined();
    }
  });

  test('host names in any case, whole; mail addresses are for a person', () => {
    const request = { oldHosts: ['www12.old.example'], newHost: 'www.example.jp' };
    const text =
      'http://WWW12.old.example/a x.www12.old.example www12.old.example.jp www12.old.example2 me@www12.old.example';
    expect(fixed('old-host', 'a.html', text, request)).toBe(
      text.replace('WWW12.old.example', 'www.example.jp'),
    );
    expect(found('old-host', 'a.html', text, request)).toHaveLength(2);
  });

  test('addresses, whole', () => {
    const request = { oldAddresses: ['192.0.2.7'], newAddress: '198.51.100.9' };
    expect(fixed('old-address', 'a.php', '192.0.2.7:80 192.0.2.77 1192.0.2.7 192.0.2.7.', request)).toBe(
      '198.51.100.9:80 192.0.2.77 1192.0.2.7 198.51.100.9.',
    );
  });

  test('in CP932, EUC-JP and UTF-8, and never in the middle of a character', () => {
    const request = { oldHosts: ['old.example'], newHost: 'new.example' };
    // ソ in CP932 is 83 5c; バ is 83 6f, whose second byte is an "o".
    const cp932 = Buffer.concat([
      Buffer.from('<p>', 'latin1'),
      Buffer.from([0x83, 0x5c, 0x82, 0xcc, 0x83, 0x6f]),
      Buffer.from('old.example ', 'latin1'),
      Buffer.from([0x83, 0x6f]),
      Buffer.from('ld.example</p>', 'latin1'),
    ]);
    expect(encodingOf(cp932)).toBe('cp932');
    expect(fixed('old-host', 'a.html', cp932, request)).toBe(
      cp932.toString('latin1').replace('old.example ', 'new.example '),
    );
    const eucJp = Buffer.concat([
      Buffer.from([0xa5, 0xbd, 0xa4, 0xce, 0xa4, 0xcf, 0xa4, 0xb9]),
      Buffer.from('old.example'),
    ]);
    expect(encodingOf(eucJp)).toBe('euc-jp');
    expect(fixed('old-host', 'a.html', eucJp, request)).toBe(
      eucJp.toString('latin1').replace('old.example', 'new.example'),
    );
    expect(fixed('old-host', 'a.html', 'ホストはold.exampleです', request)).toBe(
      Buffer.from('ホストはnew.exampleです').toString('latin1'),
    );
  });

  test('paths of other servers are told, outside of comments', () => {
    const code = '<?php\n$a = "/home/other/lib/x.php"; // /home/comment/x\n$b = "/var/www/shin/html/y";\n';
    expect(found('unknown-path', 'a.php', code, paths)).toEqual(['2 /home/other/lib/x.php']);
    expect(found('unknown-path', 'a.txt', 'see /home/other/lib', paths)).toEqual([]);
    expect(found('unknown-path', 'a.php', '<?php $u = "http://x/home/other/lib";', paths)).toEqual([]);
  });
});

describe('.htaccess', () => {
  const at = 'sub/.htaccess';

  test('what the target accepts is not found', () => {
    const text =
      '# Options All\nRewriteEngine On\nRewriteRule ^a$ b [L]\n<IfModule mod_x.c>\nDirectoryIndex a.php\n</IfModule>\n<Files "x">\nRequire all denied\n</Files>\nAddType text/css .css\nErrorDocument 404 /e.html\n';
    for (const rule of [
      'htaccess-php',
      'htaccess-access',
      'htaccess-options',
      'htaccess-handler',
      'htaccess-other',
    ] as const)
      expect([rule, found(rule, at, text)]).toEqual([rule, []]);
  });

  test('settings of PHP, Options and handlers are switched off', () => {
    const text =
      'php_flag display_errors on\r\n  php_value memory_limit 1M\r\nOptions +Indexes\r\nAddHandler php5-script .php\r\nAddType application/x-httpd-php .html\r\n';
    expect(fixed(['htaccess-php', 'htaccess-options', 'htaccess-handler'], at, text)).toBe(
      '# php_flag display_errors on\r\n  # php_value memory_limit 1M\r\n# Options +Indexes\r\n# AddHandler php5-script .php\r\n# AddType application/x-httpd-php .html\r\n',
    );
    expect(fixed('htaccess-options', at, 'Options \\\n  +Indexes\n')).toBeUndefined();
    expect(found('htaccess-other', at, 'LoadModule a b\nSSLRequireSSL\n')).toEqual([
      '1 LoadModule',
      '2 SSLRequireSSL',
    ]);
  });

  test.each([
    ['Order allow,deny\nAllow from all\n', 'Require all granted\n# Allow from all\n'],
    ['order deny, allow\n# x\ndeny from all\n', 'Require all denied\n# x\n# deny from all\n'],
    [
      '<Files a>\nOrder Deny,Allow\nDeny from all\n</Files>\n',
      '<Files a>\nRequire all denied\n# Deny from all\n</Files>\n',
    ],
  ])('all or nobody: %j', (before, after) => {
    expect(fixed('htaccess-access', at, before)).toBe(after);
  });

  test.each([
    'Order deny,allow\nDeny from all\nAllow from 192.0.2.1\n',
    'Order allow,deny\nAllow from all\nDeny from env=bad\n',
    'Order mutual-failure\nAllow from all\n',
    'Order allow,deny\n<Limit GET>\nAllow from all\n</Limit>\n',
    'Allow from all\n',
    'Satisfy Any\nOrder allow,deny\nAllow from all\n',
  ])('anything finer is for a person: %j', (text) => {
    expect(found('htaccess-access', at, text)).not.toEqual([]);
    expect(fixed('htaccess-access', at, text)).toBeUndefined();
  });
});

describe('settings of the database', () => {
  const database = { databaseHost: 'localhost', databaseName: 'new_db', databaseUser: 'new_user' };
  const config = `<?php
// define( 'DB_NAME', 'example' );
define('DB_NAME', 'old');
define( "DB_USER", "old\\"er" );
define( 'DB_PASSWORD', 'it''s' );
define( 'DB_PASSWORD', 'p\\'w' );
define( 'DB_HOST', getenv('X') );
define( 'DB_CHARSET', 'utf8' );
`;

  test('wp-config.php: literals are replaced, a password by what stands for it', () => {
    expect(found('database-settings', 'wp-config.php', config)).toEqual([
      '3 DB_NAME',
      '4 DB_USER',
      '5 DB_PASSWORD',
      '6 DB_PASSWORD',
      '7 DB_HOST',
    ]);
    expect(fixed('database-settings', 'wp-config.php', config)).toBeUndefined();
    expect(fixed('database-settings', 'wp-config.php', config, database)).toBe(
      config
        .replace("define('DB_NAME', 'old')", "define('DB_NAME', 'new_db')")
        .replace('"old\\"er"', "'new_user'")
        .replace("'p\\'w'", "'********'"),
    );
  });

  test('.env: with and without quotes, comments kept', () => {
    const text =
      'APP=1\nDB_HOST=127.0.0.1 # here\nexport DB_DATABASE="old"\n DB_USERNAME = \'u\'\nDB_PASSWORD=\nDB_PASSWORD=a#b\nDATABASE_URL=mysql://u:p@h/d\n# DB_HOST=x\n';
    expect(fixed('database-settings', '.env', text, database)).toBe(
      'APP=1\nDB_HOST=localhost # here\nexport DB_DATABASE=new_db\n DB_USERNAME = new_user\nDB_PASSWORD=********\nDB_PASSWORD=a#b\nDATABASE_URL=mysql://u:p@h/d\n# DB_HOST=x\n',
    );
    expect(found('database-settings', '.env.production', 'DATABASE_URL=x\n')).toEqual(['1 DATABASE_URL']);
  });

  test('connections with literals in other files', () => {
    expect(
      found(
        'database-connection',
        'db.php',
        '<?php\nmysqli_connect("h", "u", "p");\n$d = new PDO("mysql:host=h", $u, $p);\nmysqli_connect($h);\n$o->mysqli_connect("h");',
      ),
    ).toEqual(['2 mysqli_connect()', '3 new PDO']);
  });
});

describe('programs', () => {
  test.each([
    ['#!/usr/local/bin/perl -w\nx', '#!/usr/bin/perl -w\nx'],
    ['#! /usr/local/bin/perl\n', '#! /usr/bin/perl\n'],
    ['#!/opt/python/bin/python\n', '#!/usr/bin/python3\n'],
  ])('%j', (before, after) => {
    expect(fixed('interpreter', 'a.cgi', before)).toBe(after);
  });

  test('what is there, what nobody knows, and a CR', () => {
    expect(found('interpreter', 'a.cgi', '#!/usr/bin/perl\n')).toEqual([]);
    expect(found('interpreter', 'a.cgi', '#!/usr/bin/env perl\n')).toEqual([]);
    expect(found('interpreter', 'a.cgi', '\n#!/usr/local/bin/perl\n')).toEqual([]);
    expect(found('interpreter', 'a.cgi', '#!/usr/local/bin/tclsh\n')).toHaveLength(1);
    expect(fixed('interpreter', 'a.cgi', '#!/usr/local/bin/tclsh\n')).toBeUndefined();
    expect(found('interpreter', 'a.cgi', '#!/usr/bin/perl\r\n')).toEqual([expect.stringContaining('CR LF')]);
    expect(fixed('interpreter', 'a.cgi', '#!/usr/local/bin/perl\r\n')).toBeUndefined();
  });

  test('sendmail', () => {
    expect(fixed('sendmail-path', 'a.cgi', "$m = '/usr/lib/sendmail';\n$n='/usr/sbin/sendmail'")).toBe(
      "$m = '/usr/sbin/sendmail';\n$n='/usr/sbin/sendmail'",
    );
    expect(found('sendmail-path', 'a.cgi', '/usr/lib/sendmailer /x/usr/lib/sendmail')).toEqual([]);
    expect(found('sendmail-path', 'a.cgi', '/var/qmail/bin/qmail-inject')).toHaveLength(1);
  });
});

test.each([
  ['a', 'directory', 0o777, 'open-permissions'],
  ['a.php', 'file', 0o666, 'open-permissions'],
  ['a.cgi', 'file', 0o644, 'cgi-permissions'],
  ['a.cgi', 'file', 0o777, 'open-permissions'],
  ['a.cgi', 'file', 0o755, undefined],
  ['a.php', 'file', 0o644, undefined],
  ['a', 'directory', 0o775, undefined],
  ['a', 'symlink', 0o777, undefined],
] as const)('permissions of %s, a %s of %o', (name, kind, mode, expected) => {
  const { web } = sampleSettings.targets.managed;
  expect(permissionProblem(Buffer.from(name), { kind, mode }, web)?.rule).toBe(expected);
});

test('what is looked at: programs, pages and settings, in bounds', () => {
  for (const name of ['a/.htaccess', '.env', '.env.local', 'x.PHP', 'a.inc', 'a.cgi', 'a.html', '.user.ini'])
    expect([name, fileType(Buffer.from(name))]).not.toEqual([name, undefined]);
  for (const name of ['a.jpg', 'a.zip', 'dump.sql', 'php', 'a.php.bak.gz'])
    expect([name, fileType(Buffer.from(name))]).toEqual([name, undefined]);
  expect(sourceFile(Buffer.from('a.php'), Buffer.alloc(largestFile + 1, 0x20), 0o644)).toBeUndefined();
  expect(sourceFile(Buffer.from('a.php'), Buffer.from('<?php\0'), 0o644)).toBeUndefined();
  expect(
    sourceFile(Buffer.from('a.txt'), Buffer.from([0x80, 0x81, 0xff, 0xfe, 0xa0, 0xfd]), 0o644),
  ).toBeUndefined();
});
