import { describe, expect, test } from '@jest/globals';
import { fixRuleNames } from '../../../functions/case/web-fixes/rules.ts';
import { editFile } from '../../../functions/migration/web/fixes/edit-file.ts';
import { excerptOf, lineDiff } from '../../../functions/migration/web/fixes/line-diff.ts';
import { hidden, maskSecrets } from '../../../functions/migration/web/fixes/mask.ts';
import { scanFile } from '../../../functions/migration/web/fixes/scan-file.ts';
import { SeededRandom } from '../../../local/simulation/seeded-random.ts';
import { contextOf, fileOf } from './scanned.ts';

const request = {
  sourceRoot: '/home/kyu/www',
  targetRoot: '/var/www/shin/html',
  oldHosts: ['old.example'],
  newHost: 'new.example',
  oldAddresses: ['192.0.2.7'],
  newAddress: '198.51.100.9',
  databaseHost: 'localhost',
  databaseName: 'new_db',
  databaseUser: 'new_user',
};
const context = contextOf(request);

/** Pieces of real files, and bytes of any kind between them. */
const pieces = [
  '/home/kyu/www',
  '/home/kyu/www2',
  'old.example',
  '192.0.2.7',
  '<?php ',
  '<? ',
  '?>',
  "define('DB_NAME', 'x');",
  "define('DB_PASSWORD', 'secret');",
  '$a{0}',
  '= & new X',
  '(real) $x',
  '"$\u007ba}"',
  "'",
  '"',
  '\\',
  '\n',
  '\r\n',
  'Order allow,deny\nAllow from all\n',
  'php_value a b\n',
  'DB_PASSWORD=abc\n',
  '#!/usr/local/bin/perl\n',
  '/usr/lib/sendmail',
  '日本語',
  '\ufeff',
];

function made(seed: number): Buffer {
  const random = new SeededRandom(`${seed}`);
  const byte = () => random.bytes(1)[0]!;
  const parts: Buffer[] = [];
  for (let count = 0; count < 40; count += 1) {
    parts.push(Buffer.from(pieces[byte() % pieces.length]!));
    if (byte() < 40) parts.push(Buffer.from([0x81 + (byte() % 0x1f), 0x40 + (byte() % 0x3f)]));
  }
  return Buffer.concat(parts);
}

describe('a fix never touches another byte', () => {
  test.each(['a.php', 'wp-config.php', '.htaccess', '.env', 'a.cgi', 'a.html', 'x.ini'])('%s', (path) => {
    let changed = 0;
    for (let seed = 1; seed <= 150; seed += 1) {
      const bytes = made(seed);
      let file: ReturnType<typeof fileOf>;
      try {
        file = fileOf(path, bytes);
      } catch {
        continue; // no text in any encoding
      }
      const edited = editFile(file, context, fixRuleNames);
      if (!edited) continue;
      changed += 1;
      // What lies between the edits is there, in order, and nothing else but their texts.
      let before = 0;
      let after = 0;
      let lastEnd = 0;
      for (const { start, end, text } of edited.edits) {
        expect(start).toBeGreaterThanOrEqual(lastEnd);
        expect(bytes.subarray(start, end).includes(10)).toBe(false);
        expect(text).not.toMatch(/[\r\n]/);
        const same = start - before;
        expect(edited.content.subarray(after, after + same)).toEqual(bytes.subarray(before, start));
        after += same;
        expect(edited.content.toString('latin1', after, after + text.length)).toBe(text);
        after += text.length;
        before = end;
        lastEnd = end;
      }
      expect(edited.content.subarray(after)).toEqual(bytes.subarray(before));
      // And again the same, with as many lines.
      expect(editFile(file, context, fixRuleNames)!.content).toEqual(edited.content);
      expect(edited.content.filter((byte) => byte === 10)).toHaveLength(
        bytes.filter((byte) => byte === 10).length,
      );
      expect(lineDiff(file, edited.edits).length).toBeGreaterThan(0);
    }
    expect(changed).toBeGreaterThan(10);
  });

  test('rules that were not chosen leave the file alone, and what overlaps is left to a person', () => {
    const file = fileOf('a.php', '<?php $a = "/home/kyu/www"; $b{0};\n');
    expect(editFile(file, context, ['old-host'])).toBeUndefined();
    expect(editFile(file, context, ['old-path'])!.content.toString()).toBe(
      '<?php $a = "/var/www/shin/html"; $b{0};\n',
    );
    const both = contextOf({ ...request, oldHosts: ['home.example'], sourceRoot: '/x/home.example/y' });
    const overlapping = fileOf('a.php', '<?php "/x/home.example/y";\n');
    expect(editFile(overlapping, both, ['old-path', 'old-host'])).toBeUndefined();
  });

  test('a line that a machine wrote is found, and not fixed', () => {
    const file = fileOf('a.js', `${'x'.repeat(5_000)} old.example\nold.example\n`);
    expect(scanFile(file, context).places.map(({ edits }) => edits !== undefined)).toEqual([false, true]);
  });

  test('findings are bounded, and what is beyond is counted', () => {
    const { places, more } = scanFile(fileOf('a.html', 'old.example\n'.repeat(70)), context);
    expect([places.length, more]).toEqual([50, 20]);
  });
});

describe('the difference', () => {
  test('is unified: a hunk for what is near, as many lines on both sides', () => {
    const text = Array.from({ length: 20 }, (_, at) =>
      [3, 4, 6, 15].includes(at) ? `line ${at} old.example` : `line ${at}`,
    ).join('\r\n');
    const file = fileOf('a.html', text);
    const hunks = lineDiff(file, editFile(file, context, ['old-host'])!.edits);
    expect(hunks.map(({ from, count }) => [from, count])).toEqual([
      [2, 8],
      [14, 5],
    ]);
    expect(hunks[0]!.lines.map(({ sign, text: shown }) => `${sign}${shown}`)).toEqual([
      ' line 1',
      ' line 2',
      '-line 3 old.example',
      '-line 4 old.example',
      '+line 3 new.example',
      '+line 4 new.example',
      ' line 5',
      '-line 6 old.example',
      '+line 6 new.example',
      ' line 7',
      ' line 8',
    ]);
  });

  test('hides both passwords, reads Japanese, and shows no sign that acts', () => {
    const file = fileOf(
      'wp-config.php',
      "<?php\n// 日本語 \u202e\u0007\ndefine('DB_PASSWORD', 'furui');\n$secret = \"abc\";\n",
    );
    const [hunk] = lineDiff(file, editFile(file, context, ['database-settings'])!.edits);
    const shown = hunk!.lines.map(({ sign, text }) => `${sign}${text}`);
    expect(shown).toEqual([
      ' <?php',
      ' // 日本語 \ufffd\ufffd',
      `-define('DB_PASSWORD', '${hidden}');`,
      `+define('DB_PASSWORD', '${hidden}');`,
      ` $secret = "${hidden}";`,
      ' ',
    ]);
  });

  test('an excerpt is short, whatever the line', () => {
    const file = fileOf('a.php', `<?php\n   $a = '${'あ'.repeat(3_000)}';\n`);
    expect([...excerptOf(file, 2)]).toHaveLength(160);
    expect(excerptOf(file, 2)).toMatch(/^\$a = 'あ/);
  });
});

test.each([
  ["define('DB_PASSWORD', 'abc');", `define('DB_PASSWORD', '${hidden}');`],
  ['$db["password"] = "a\\"b";', `$db["password"] = "${hidden}";`],
  ["'pass' => 'abc', 'user' => 'u'", `'pass' => '${hidden}', 'user' => 'u'`],
  ['DB_PASSWORD=abc', `DB_PASSWORD=${hidden}`],
  ['API_KEY: abc', `API_KEY: ${hidden}`],
  ["define('AUTH_KEY',         'x y z');", `define('AUTH_KEY',         '${hidden}');`],
  ['mysql://user:abc@host/db', `mysql://user:${hidden}@host/db`],
  ['mysqli_connect("h", "u", "p")', `mysqli_connect("h", "${hidden}", "${hidden}")`],
  ["new PDO('mysql:host=h', 'u', 'p')", `new PDO('mysql:host=h', '${hidden}', '${hidden}')`],
  ['Authorization: Basic dXNlcjpwYXNz', `Authorization: Basic ${hidden}`],
  ["$k = 'sk_live4f9aB3kQ7xZ1mN8pR2tV';", `$k = '${hidden}';`],
  ['-----BEGIN RSA PRIVATE KEY-----', hidden],
  ["$password = 'abc", `$password = '${hidden}'`],
  // Plain code stays readable.
  ["include('/home/kyu/www/lib.php');", "include('/home/kyu/www/lib.php');"],
  ['if ($pass == $other) {', 'if ($pass == $other) {'],
  ['password_hash($a, PASSWORD_DEFAULT);', 'password_hash($a, PASSWORD_DEFAULT);'],
])('masked: %s', (line, expected) => {
  expect(maskSecrets(line)).toBe(expected);
});

test('a line made to be slow is masked at once', () => {
  for (const piece of ['a', 'pass', "password='", 'aA1', 'mysql_connect(', '://a:', 'secret=>'])
    expect(maskSecrets(piece.repeat(Math.ceil(4_000 / piece.length))).length).toBeGreaterThan(0);
});
