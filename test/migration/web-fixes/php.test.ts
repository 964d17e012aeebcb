import { describe, expect, test } from '@jest/globals';
import { changeOf } from '../../../functions/migration/web/fixes/php-changes.ts';
import { phpCode } from '../../../functions/migration/web/fixes/php-code.ts';
import { fixed, found } from './scanned.ts';

const php = (code: string) => `<?php\n${code}\n`;
const rule = 'php-syntax';

describe('what is code in a PHP file', () => {
  test('HTML, comments and strings are not; every byte keeps its place', () => {
    const text =
      "<p>split(</p><?php // split(\n# split( ?>x<?= split('split(', \"split(\") /* split( */ ?>\n<?php\n$a = <<<'X'\nsplit(\nX;\n#[Attr] split($b);";
    const { code, calls, strings, comments } = phpCode(text);
    expect(code).toHaveLength(text.length);
    expect(calls.map(({ at }) => text.slice(at, at + 7))).toEqual(["split('", 'split($']);
    expect(strings.map(({ start, end }) => text.slice(start, end))).toEqual(['split(', 'split(', 'split(\n']);
    expect(comments.map(({ start, end }) => text.slice(start, end))).toEqual([
      '// split(',
      '# split( ',
      '/* split( */',
    ]);
  });

  test('a CP932 character that ends in a backslash escapes the quote, as it does for PHP', () => {
    const text = `<?php $a = '\x95\x5c'; split($b);`;
    expect(phpCode(text).calls).toEqual([]);
  });

  test('declarations, methods of objects and other functions of the same ending are no calls', () => {
    const { calls } = phpCode(
      php(
        'function split($a) {} $o->split(1); A::split(1); new split(1); mb_split(1); $split(1); N\\split(1); \\split(1);',
      ),
    );
    expect(calls.filter(({ method }) => !method).map(({ name }) => name)).toEqual(['mb_split', 'split']);
  });

  test('other instructions are not PHP', () => {
    for (const text of [
      '<?xml version="1.0"?><a/>',
      '<?xml:namespace prefix = o ns = "x" />',
      '<?mso-application x?>',
    ])
      expect([text, phpCode(text).shortTags]).toEqual([text, []]);
  });
});

describe('functions and variables that are gone', () => {
  test.each([
    ['ereg("a", $b);', '2 ereg()'],
    ['$r = mysql_query("x");', '2 mysql_query()'],
    ['list($k, $v) = each($a);', '2 each()'],
    ['$f = create_function("", "");', '2 create_function()'],
    ['mcrypt_encrypt(1,2,3,4);', '2 mcrypt_encrypt()'],
    ['if (get_magic_quotes_gpc()) {}', '2 get_magic_quotes_gpc()'],
    ['\\split(",", $a);', '2 split()'],
    ['echo $HTTP_POST_VARS["a"];', '2 $HTTP_POST_VARS'],
    ['money_format("%i", 1);', '2 money_format()'],
  ])('%s', (code, expected) => {
    expect(found('php-removed', 'a.php', php(code))).toEqual([expect.stringContaining(expected)]);
  });

  test.each([
    '$o->split(",");',
    '// ereg("a", $b);',
    '$s = "mysql_query(1)";',
    'preg_split("/,/", $a);',
    'function each($a) {} each($b);',
    'if (function_exists("mysql_query")) { mysql_query("x"); }',
    '$_POST["HTTP_POST_VARS"];',
    'mysqli_query($a, "x");',
  ])('not: %s', (code) => {
    expect(found('php-removed', 'a.php', php(code))).toEqual([]);
  });

  test('only what is removed between the two versions', () => {
    expect(found('php-removed', 'a.php', php('ereg(1,2); each($a);'), { phpFrom: '7.0' })).toEqual([
      expect.stringContaining('each()'),
    ]);
    expect(found('php-removed', 'a.php', php('each($a);'), { phpTo: '7.4' })).toEqual([]);
    expect(found('php-deprecated', 'a.php', php('each($a);'), { phpTo: '7.4' })).toHaveLength(1);
    expect(found('php-deprecated', 'a.php', php('utf8_encode($a);'))).toHaveLength(1);
    expect(changeOf('function', 'mysql_query', { to: '8.2' })).toMatchObject({
      since: '7.0',
      change: 'removed',
    });
    expect(changeOf('function', 'MySQL_Query', { from: '7.1', to: '8.2' })).toBeUndefined();
    expect(changeOf('function', 'toString', { to: '8.2' })).toBeUndefined();
  });

  test('settings in code, in .user.ini and in php.ini', () => {
    expect(found('php-setting', 'a.php', php('ini_set("register_globals", 1);'))).toHaveLength(1);
    expect(found('php-setting', 'a.php', php('ini_set("memory_limit", 1); ini_get("safe_mode");'))).toEqual(
      [],
    );
    expect(
      found('php-setting', 'x/.user.ini', 'memory_limit = 1\nmagic_quotes_gpc = On\n; safe_mode = 1\n'),
    ).toEqual([expect.stringContaining('2 magic_quotes_gpc')]);
  });
});

describe('ways of writing that are gone', () => {
  test.each([
    ['foo($a, &$b);', 'foo($a, &$b);'],
    ['$o->m(&$b);', '$o->m(&$b);'],
  ])('a reference in a call: %s', (code) => {
    expect(found(rule, 'a.php', php(code))).toHaveLength(1);
    expect(fixed(rule, 'a.php', php(code))).toBeUndefined();
  });

  test.each([
    'function foo($a, &$b) {}',
    '$f = function (&$a) use (&$b) {};',
    '$a = array(&$b); $c = [&$d];',
    'foreach ($a as &$b) {}',
    'foo($a & $b); foo($a && $b);',
    '$f = fn (&$x) => 1;',
  ])('no reference in a call: %s', (code) => {
    expect(found(rule, 'a.php', php(code))).toEqual([]);
  });

  test('= & new', () => {
    expect(fixed(rule, 'a.php', php('$a =& new A; $b = &new B; $c = & new C; $d =&new D;'))).toBe(
      php('$a = new A; $b = new B; $c =  new C; $d = new D;'),
    );
    expect(found(rule, 'a.php', php('$a = &$b; $a = new A;'))).toEqual([]);
  });

  test.each([
    'preg_replace("/a/e", "b", $c);',
    "preg_replace('{a}ie', 'b', $c);",
    "preg_replace(array('/x/', '/y/e'), $a, $b);",
  ])('evaluated: %s', (code) => {
    expect(found(rule, 'a.php', php(code))).toHaveLength(1);
  });

  test.each([
    'preg_replace("/e/", "e", $c);',
    "preg_replace('#a/e#i', '/x/e', $c);",
    'preg_match("/a/e", $b);',
    'preg_replace($p, "/x/e", $c);',
  ])('not evaluated: %s', (code) => {
    expect(found(rule, 'a.php', php(code))).toEqual([]);
  });

  test('offsets in braces', () => {
    expect(fixed(rule, 'a.php', php('echo $text{0}, $a["x"]{$i}, $s{strlen($s)-1};'))).toBe(
      php('echo $text[0], $a["x"][$i], $s[strlen($s)-1];'),
    );
    for (const code of [
      'if ($x) { a(); }',
      'class A { public string $x { get => 1; } }',
      'switch ($a) { case 1: }',
      'foreach ($a as $b) {c();}',
      'echo "{$x{0}}";',
      'function f(): array {return [1];}',
    ])
      expect([code, found(rule, 'a.php', php(code))]).toEqual([code, []]);
  });

  test('casts, __autoload, the script tag', () => {
    expect(fixed(rule, 'a.php', php('$a = (real) $b;'))).toBe(php('$a = (float) $b;'));
    expect(found(rule, 'a.php', php('$a = (unset) $b; function __autoload($c) {}'))).toHaveLength(2);
    expect(found(rule, 'a.php', php('unset ($b); real($b); f(real)($x);'))).toEqual([]);
    expect(found(rule, 'a.php', '<script language="php">echo 1;</script><?php\n')).toHaveLength(1);
  });

  test('short tags become long ones; nothing else of <? does', () => {
    const page = '<?xml version="1.0"?>\n<?= $a ?>\n<? echo 1 ?><?echo 2?><?\n$b;\n?>';
    expect(fixed('php-short-tag', 'a.php', page)).toBe(
      '<?xml version="1.0"?>\n<?= $a ?>\n<?php echo 1 ?><?php echo 2?><?php\n$b;\n?>',
    );
    expect(found('php-short-tag', 'a.php', php('$a = "<? echo 1 ?>";'))).toEqual([]);
  });

  test('a method of the name of its class, outside of namespaces', () => {
    const at = (code: string) => found('php-constructor', 'a.php', php(code));
    expect(at('class Foo extends Bar {\n  var $a;\n  function foo($x) {}\n}')).toEqual([
      expect.stringContaining('4 Foo()'),
    ]);
    expect(at('class Foo { function __construct() {} function Foo() {} }')).toEqual([]);
    expect(at('namespace N; class Foo { function Foo() {} }')).toEqual([]);
    expect(at('class Foo { function bar() {} } function Foo() {}')).toEqual([]);
    expect(at('$a = Foo::class; class A { } // class Foo { function Foo() {}')).toEqual([]);
  });

  test('braces behind a dollar within a string', () => {
    const at = 'php-interpolation';
    expect(fixed(at, 'a.php', php('echo "a $\u007bname} b";'))).toBe(php('echo "a {$name} b";'));
    expect(found(at, 'a.php', php('echo "a $\u007bf(1)} b", <<<X\n$\u007by}\nX;'))).toHaveLength(2);
    expect(found(at, 'a.php', php(`echo 'a \${name}', "a \\\${name}", "{$a}"; // "\${x}"`))).toEqual([]);
    expect(found(at, 'a.php', php('echo "$\u007bname}";'), { phpTo: '8.1' })).toEqual([]);
  });
});

test('mail() with a sender of its own', () => {
  expect(found('mail-sender', 'a.php', php('mail($a, $b, $c, $d, "-f" . $e);'))).toHaveLength(1);
  expect(found('mail-sender', 'a.php', php('mail($a, $b, $c, "X: -f"); $o->mail(1,2,3,4,"-f");'))).toEqual(
    [],
  );
});

/** Each of these takes minutes where something is looked at again from every byte. */
test.each([
  ['calls in calls', 'a(', 250_000],
  ['one long name', 'a', 500_000],
  ['a declaration that does not come', `function${' '.repeat(50)}`, 8_000],
  ['classes in classes', 'class a{', 60_000],
  ['quotes', '"', 500_000],
  ['documents that begin', '<<<A\n', 100_000],
  ['offsets', '$a{', 160_000],
  ['patterns', 'preg_replace(', 38_000],
  ['tags', '<?', 250_000],
  ['definitions', "define('DB_NAME',", 29_000],
])('a file that is made to be slow is not: %s', (_, piece, times) => {
  expect(found(rule, 'wp-config.php', `<?php ${piece.repeat(times)}`).length).toBeLessThan(51);
});
