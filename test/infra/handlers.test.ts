import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { entries, handlers, pascalCase, type Reach } from '../../infra/handlers.ts';
import { root } from './template.ts';

describe('the list of handlers', () => {
  const directory = mkdtempSync(join(tmpdir(), 'handlers-'));
  const write = (name: string) => writeFileSync(join(directory, `${name}.ts`), '');
  beforeAll(() => {
    for (const { name } of handlers) write(name);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  test('is the list of files', () => {
    expect([...entries(join(root, 'functions')).keys()]).toEqual(handlers.map(({ name }) => name));
    expect(entries(directory).size).toBe(handlers.length);
  });

  test('a file that is not listed would never be deployed, and is an error', () => {
    write('send-pigeon');
    expect(() => entries(directory)).toThrow('send-pigeon.ts');
    rmSync(join(directory, 'send-pigeon.ts'));
  });

  test('a listed handler without a file is an error', () => {
    rmSync(join(directory, 'copy-chunk.ts'));
    expect(() => entries(directory)).toThrow('copy-chunk.ts');
    write('copy-chunk');
  });

  test('names are unique, and times are Lambda’s', () => {
    expect(new Set(handlers.map(({ name }) => pascalCase(name))).size).toBe(handlers.length);
    for (const { name, timeout, startedBy } of handlers) {
      // API Gateway gives up after 30 seconds.
      expect([name, timeout <= (startedBy === 'web' ? 28 : 900)]).toEqual([name, true]);
    }
  });
});

/** What code does with a port, and the reach that it then needs. */
const signs: [Reach, RegExp][] = [
  ['cases:read', /records\.(load|findLink|list|history|remindable|pendingOutbox)\(/],
  ['cases', /records\.(commit|settleOutbox|postponeOutbox)\(/],
  ['vault:read', /vault\.get\(/],
  ['vault:write', /vault\.put\(/],
  ['vault:erase', /vault\.erase\(/],
  ['staged:erase', /objects\.deleteAll\(/],
  ['link-key', /\blinkKey\b(?!:|\(|\?)/],
  ['mail', /mailer\.send\(/],
  ['events', /events\.publish\(/],
  ['flows', /workflow\.(start|succeed)\(/],
];

describe('a handler may do what its code does, and no more', () => {
  test.each(handlers)('$name', async ({ name, reaches, fonts }) => {
    const { metafile, outputFiles } = await build({
      entryPoints: [join(root, 'functions', `${name}.ts`)],
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node24',
      packages: 'external',
      // The ports themselves can do everything; what counts is who asks them to.
      external: ['./aws/*', '../aws/*'],
      metafile: true,
      write: false,
      logLevel: 'silent',
    });
    const code = outputFiles[0]!.text;
    const seen = signs.filter(([, sign]) => sign.test(code)).map(([reach]) => reach);
    // Who may change a case may read it.
    const needed = seen.filter((reach) => reach !== 'cases:read' || !seen.includes('cases'));
    const known = new Set(signs.map(([reach]) => reach));
    expect(needed.sort()).toEqual(reaches.filter((reach) => known.has(reach)).sort());
    const drawing = Object.keys(metafile.inputs).some((file) => file.startsWith('functions/letters/pdf/'));
    expect(drawing).toBe(fonts === true);
    expect(/objects\.(put|get|size|list)\(/.test(code)).toBe(
      reaches.some((reach) => ['staged', 'staged:read', 'kept'].includes(reach)),
    );
  });
});
