import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { handlers, pascalCase } from '../../infra/handlers.ts';
import { root } from './template.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'synth-'));
const assembly = join(folder, 'cdk.out');
/** No account, no configuration, no home, and a proxy that leads nowhere. */
const bare = {
  PATH: process.env.PATH,
  HOME: join(folder, 'nobody'),
  CDK_OUTDIR: assembly,
  HTTPS_PROXY: 'http://127.0.0.1:9',
  AWS_EC2_METADATA_DISABLED: 'true',
};

let printed = '';
beforeAll(async () => {
  const { stdout, stderr } = await run(process.execPath, ['infra/app.ts'], { cwd: root, env: bare as never });
  printed = stdout + stderr;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Folder of each function's code, by handler. */
function code(): Map<string, string> {
  const { Resources } = JSON.parse(readFileSync(join(assembly, 'Hikkoshi.template.json'), 'utf8'));
  return new Map(
    handlers.map(({ name }) => {
      const id = Object.keys(Resources).find((one) =>
        one.startsWith(`Functions${pascalCase(name)}Function`),
      )!;
      const [hash] = Resources[id].Properties.Code.S3Key.split('.');
      return [name, join(assembly, `asset.${hash}`)];
    }),
  );
}

describe('npm run synth', () => {
  test('warns of nothing', () => {
    expect(printed).toBe('');
  });

  test('writes the code of every function, and leaves nothing else behind', () => {
    for (const [name, asset] of code()) {
      expect([name, existsSync(join(asset, 'index.mjs')), existsSync(join(asset, 'index.mjs.map'))]).toEqual([
        name,
        true,
        true,
      ]);
      // Lambda takes 250 MB unpacked; a cold start is felt long before.
      expect(statSync(join(asset, 'index.mjs')).size).toBeLessThan(8_000_000);
    }
    const others = readdirSync(assembly).filter(
      (name) => !/^(asset\.|Hikkoshi\.|manifest|tree|cdk\.out|validation-report)/.test(name),
    );
    expect(others).toEqual([]);
  });

  test('every bundle loads, without node_modules, and has its handler', async () => {
    const files = [...code().values()].map((asset) => join(asset, 'index.mjs'));
    const script = join(folder, 'load.mjs');
    writeFileSync(
      script,
      `const kinds = [];
      for (const file of ${JSON.stringify(files)}) kinds.push(typeof (await import(file)).handler);
      console.log(JSON.stringify(kinds));`,
    );
    const { stdout } = await run(process.execPath, [script], { cwd: folder, env: bare as never });
    expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toEqual(handlers.map(() => 'function'));
  });

  test('the fonts are with those who draw letters, and with nobody else', () => {
    const font = 'node_modules/@expo-google-fonts/noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf';
    const carrying = [...code()].filter(([, asset]) => existsSync(join(asset, font))).map(([name]) => name);
    expect(carrying).toEqual(handlers.filter(({ fonts }) => fonts).map(({ name }) => name));
  });

  test('names of errors survive minification: the flows match on them', () => {
    const text = readFileSync(join(code().get('copy-chunk')!, 'index.mjs'), 'utf8');
    for (const name of ['TransientError', 'RetryAfterError', 'TerminalError'])
      expect(text).toContain(`"${name}"`);
  });
});
