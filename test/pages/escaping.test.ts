import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { draftScript } from '../../functions/pages/draft.ts';
import { safeHref } from '../../functions/pages/markup.ts';
import { everyPage } from './every-page.ts';
import { readMarkup } from './read-markup.ts';

/** Names from fixed lists, instants and counts come from our own code; everything else may be typed by anybody. */
const ours =
  /^(kind|serverKind|plan|plans|stage|status|actor|severity|waitingFor|role|flow|id|reason|error|what|type|rule|sign|now|at|date|.*(At|Until|On))$/;

type Path = (string | number)[];

function places(view: unknown, path: Path = []): Path[] {
  if (typeof view === 'string') return [path];
  if (typeof view !== 'object' || view === null) return [];
  return Object.entries(view).flatMap(([key, value]) =>
    typeof value === 'string' && ours.test(key) ? [] : places(value, [...path, key]),
  );
}

function replaced(view: unknown, [key, ...rest]: Path, value: string): unknown {
  if (key === undefined) return value;
  const old = view as Record<string | number, unknown>;
  const copy = (Array.isArray(old) ? [...old] : { ...old }) as Record<string | number, unknown>;
  copy[key] = replaced(old[key], rest, value);
  return copy;
}

const hostile = fc
  .tuple(
    fc.constantFrom(
      '',
      '"',
      "'",
      '">',
      "'>",
      '-->',
      ']]>',
      '</style>',
      '</textarea>',
      '</title>',
      '\n',
      '\0',
      'javascript:',
      ' \tjava\nscript:',
      '//',
    ),
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom(
        '<x-hostile x-hostile="1">',
        ' x-hostile=1 ',
        '<script>',
        '&lt;x&#62;',
        'https://x.example/"><x-hostile>',
      ),
    ),
    fc.constantFrom('', '<x-hostile>', '" x-hostile="', "' x-hostile='", '<!--'),
  )
  .map((parts) => parts.join(''));

describe.each(everyPage)('$name', ({ render, view }) => {
  const page = render(view as never);
  const known = readMarkup(page);
  const names = new Set([
    ...known.map(({ name }) => name),
    'a',
    '/a',
    'p',
    '/p',
    'br',
    'span',
    '/span',
    'div',
    '/div',
  ]);
  const attributes = new Set([
    ...known.flatMap((tag) => [...tag.attributes.keys()]),
    'class',
    'href',
    'rel',
    'value',
    'checked',
    'selected',
    'placeholder',
  ]);
  const everyPlace = places(view);

  test('no value in any place becomes markup', () => {
    fc.assert(
      fc.property(fc.constantFrom(...everyPlace), hostile, (path, value) => {
        for (const tag of readMarkup(render(replaced(view, path, value) as never))) {
          if (!names.has(tag.name)) throw new Error(`tag ${tag.name} through ${path.join('.')}`);
          for (const [attribute, text] of tag.attributes) {
            if (!attributes.has(attribute))
              throw new Error(`attribute ${attribute} through ${path.join('.')}`);
            const target = text.replace(/[\p{Cc}\s]/gu, '').toLowerCase();
            if (['href', 'action', 'src'].includes(attribute) && tag.name !== 'link')
              expect(target).not.toMatch(/^(javascript|data|vbscript):|^\/\//);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test('a typed sign is shown as it was typed', () => {
    const path = everyPlace.find((place) =>
      ['company', 'issuer', 'name', 'title'].includes(String(place.at(-1))),
    );
    expect(path).toBeDefined();
    expect(render(replaced(view, path ?? [], '<髙﨑𠮷>&"') as never)).toContain('&lt;髙﨑𠮷&gt;&amp;&quot;');
  });

  test('has one title, one heading and no script but ours', () => {
    expect(known.filter(({ name }) => name === 'h1')).toHaveLength(1);
    expect(known.filter(({ name }) => name === 'title')).toHaveLength(1);
    const scripts = render(view as never).match(/<script.*?<\/script>/gs) ?? [];
    expect(scripts.filter((script) => script !== `<script>${draftScript}</script>`)).toEqual([]);
    expect(known.filter(({ name }) => name === 'script')).toHaveLength(scripts.length);
    expect(
      known.flatMap((tag) => [...tag.attributes.keys()]).filter((name) => /^(on|style$)/.test(name)),
    ).toEqual([]);
  });
});

test.each([
  ['https://example.jp/a?b#c', 'https://example.jp/a?b#c'],
  ['quote.pdf', 'quote.pdf'],
  ['/t/abc/quote.pdf', '/t/abc/quote.pdf'],
  ['?after=1', '?after=1'],
  ['tel:0500000000', 'tel:0500000000'],
  ['javascript:alert(1)', '#'],
  ['JaVa\nScRiPt:alert(1)', '#'],
  ['data:text/html,x', '#'],
  ['//evil.example/', '#'],
  ['/\\evil.example/', '#'],
  ['\\\\evil.example', '#'],
  ['', '#'],
])('the link %j leads to %j', (href, safe) => {
  expect(safeHref(href)).toBe(safe);
});
