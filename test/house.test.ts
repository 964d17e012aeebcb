import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '..');

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.m?[jt]s$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

/** Every module that a file asks for: import, export … from, import(). Types too: a type is knowledge of the other. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const asked = [
    ...text.matchAll(/^(?:import|export)\b[^;'"]*?\bfrom\s*'([^'\n]+)'/gm),
    ...text.matchAll(/^import\s*'([^'\n]+)'/gm),
    ...text.matchAll(/\bimport\(\s*'([^'\n]+)'/g),
  ];
  return asked.map((match) => {
    const name = match[1]!;
    return name.startsWith('.') ? join(dirname(file), name).split(sep).join('/') : name;
  });
}

/** The room of the house that a file stands in: the first that fits. */
const rooms: [string, RegExp][] = [
  ['case', /^functions\/case\//],
  ['migration', /^functions\/migration\//],
  ['pages', /^functions\/pages\//],
  ['letters', /^functions\/letters\//],
  ['web', /^functions\/web\//],
  ['aws', /^functions\/aws\//],
  ['handler', /^functions\/[^/]+\.ts$/],
  ['local ports', /^local\/(ports|states-language)\//],
  ['local set-up', /^local\/set-up\//],
  ['trials', /^local\/(demo|bench)\//],
  ['local', /^local\//],
  ['infra', /^infra\//],
  ['test servers', /^test\/servers\//],
];
const roomOf = (file: string) => rooms.find(([, fits]) => fits.test(file))?.[0];

/** Who may import whom (design.md), besides its own room. */
const mayImport: Record<string, string[]> = {
  case: [],
  migration: ['case'],
  pages: ['case'],
  letters: ['case'],
  // Requests and answers: what the handlers of pages and local/serve.ts share. It knows no cloud.
  web: ['case', 'migration', 'pages', 'letters'],
  aws: ['case'],
  handler: ['case', 'migration', 'pages', 'letters', 'web', 'aws'],
  'local ports': ['case'],
  'local set-up': [],
  local: ['local ports', 'case', 'migration', 'pages', 'letters', 'web', 'handler'],
  // They move data between the servers that the tests run against.
  trials: ['local', 'local ports', 'case', 'migration', 'test servers'],
  infra: ['case'],
};

/** The shape of the table is said once; the infrastructure builds what the ports read. */
const exceptions = new Set(['infra -> functions/aws/table.ts']);

/** Packages that a room may use, where that is limited. */
const packages: Record<string, RegExp> = {
  case: /^(zod|node:crypto)$/,
  pages: /^(hono\/(html|utils\/html)|node:crypto|zod)$/,
  letters: /^(pdfkit|hono\/(html|utils\/html)|node:(fs|module|crypto|buffer)|zod)$/,
  'local set-up': /^node:/,
};
/** The cloud's own, and the business of nobody else. */
const ofTheCloud = /^(@aws-sdk\/|@smithy\/|@aws-lambda-powertools\/|@middy\/|aws-jwt-verify)/;

const files = ['functions', 'infra', 'local'].flatMap(filesBelow);

describe('who may import whom', () => {
  test('every file stands in a room', () => {
    expect(files.length).toBeGreaterThan(150);
    expect(files.filter((file) => !roomOf(file))).toEqual([]);
  });

  test('nobody reaches into a room that is closed to them', () => {
    const trespassing = files.flatMap((file) => {
      const room = roomOf(file)!;
      return importsOf(file)
        .filter((asked) => /^(functions|infra|local|test)\//.test(asked))
        .filter((asked) => roomOf(asked) !== room && !mayImport[room]!.includes(roomOf(asked) ?? 'test'))
        .filter((asked) => !exceptions.has(`${room} -> ${asked}`))
        .map((asked) => `${file} -> ${asked}`);
    });
    expect(trespassing).toEqual([]);
  });

  test('the case knows zod and cryptography, and pages and letters little more', () => {
    const foreign = files.flatMap((file) => {
      const allowed = packages[roomOf(file)!];
      const asked = importsOf(file).filter((name) => !/^(functions|infra|local|test)\//.test(name));
      return allowed ? asked.filter((name) => !allowed.test(name)).map((name) => `${file} -> ${name}`) : [];
    });
    expect(foreign).toEqual([]);
  });

  test('the cloud is spoken to in functions/aws alone', () => {
    const speaking = files
      .filter((file) => roomOf(file) !== 'aws')
      .flatMap((file) =>
        importsOf(file)
          .filter((name) => ofTheCloud.test(name))
          .map((name) => `${file} -> ${name}`),
      );
    expect(speaking).toEqual([]);
  });

  test('a built-in module is called node:', () => {
    const bare = files.flatMap((file) =>
      importsOf(file)
        .filter((name) => !name.startsWith('node:') && builtinModules.includes(name))
        .map((name) => `${file} -> ${name}`),
    );
    expect(bare).toEqual([]);
  });
});

describe('the house', () => {
  test('has no room without a purpose', () => {
    const nameless = /(^|\/)(utils?|common|helpers?|services?|core|lib|misc|shared)(\/|\.m?[jt]s$)/;
    const everything = [...files, ...filesBelow('test')];
    expect(everything.filter((file) => nameless.test(file))).toEqual([]);
  });

  test('a handler is short', () => {
    const lines = (file: string) => readFileSync(join(root, file), 'utf8').trimEnd().split('\n').length;
    const long = files.filter((file) => roomOf(file) === 'handler' && lines(file) > 80);
    expect(long).toEqual([]);
  });

  test('no test is skipped or alone', () => {
    const tests = filesBelow('test').filter((file) => file.endsWith('.test.ts'));
    expect(tests.length).toBeGreaterThan(10);
    const muted = tests.filter((file) =>
      /^\s*(describe|test|it)\.(skip|only|todo)\b|^\s*(xit|xtest|xdescribe|fit|fdescribe)\(/m.test(
        readFileSync(join(root, file), 'utf8'),
      ),
    );
    expect(muted).toEqual([]);
  });
});
