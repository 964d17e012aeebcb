import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'demo-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  code: number | null;
  lines: string[];
  errors: string;
}

/** The demo as `npm run demo` starts it, in a folder of its own. */
function runDemo(name: string, environment: Record<string, string>): Promise<Ended> {
  const env = { ...process.env, HIKKOSHI_FOLDER: join(folder, name), ...environment };
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'local/demo/demo.ts'], {
    cwd: root,
    env,
    timeout: 240_000,
  });
  const out: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => out.push(piece));
  child.stderr.on('data', (piece: Buffer) => errors.push(piece));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) =>
      resolve({
        code,
        lines: Buffer.concat(out).toString().trimEnd().split('\n'),
        errors: Buffer.concat(errors).toString(),
      }),
    );
  });
}

/** The last lines: where the papers are, then the result. */
function resultOf({ lines }: Ended) {
  const paths = lines.slice(-5, -1).map((line) => line.split(/\s+/).at(-1)!);
  return { paths, result: JSON.parse(lines.at(-1)!) as Record<string, unknown> };
}

test('a case moves WordPress between two real OpenSSH servers', async () => {
  const ended = await runDemo('real', {});

  expect(ended.errors).toBe('');
  expect(ended.code).toBe(0);
  expect(ended.lines.join('\n')).toContain('本物のOpenSSH 2台');
  expect(ended.lines.join('\n')).toContain('本物のWordPress');
  const { paths, result } = resultOf(ended);
  const lines = readFileSync(paths[1]!, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const skipped = lines.filter(({ outcome }) => outcome === 'skipped');
  // Debian's package links to other packages, outside of the customer's folder.
  expect(skipped.length).toBeGreaterThan(0);
  expect(skipped.every(({ kind, why }) => kind === 'symlink' && why)).toBe(true);
  expect(lines.length).toBeGreaterThan(2000);
  expect(result).toEqual({
    case: 'completed',
    objects: lines.length,
    moved: lines.length - skipped.length,
    unexplained: 0,
    mails: expect.any(Number),
    invoices: 1,
  });
  expect(paths.map((path) => existsSync(path))).toEqual([true, true, true, true]);
  expect(JSON.parse(readFileSync(paths[3]!, 'utf8'))).toMatchObject({ type: 'InvoiceIssued' });
}, 300_000);

test('without OpenSSH and WordPress it goes on, and says so', async () => {
  const ended = await runDemo('in-process', {
    HIKKOSHI_DEMO_SERVERS: 'in-process',
    HIKKOSHI_DEMO_TREE: 'generated',
  });

  expect(ended.errors).toBe('');
  expect(ended.code).toBe(0);
  expect(ended.lines.join('\n')).toContain('プロセス内のSFTPサーバ 2台');
  expect(ended.lines.join('\n')).toContain('生成したサイト');
  const { result } = resultOf(ended);
  expect(result).toMatchObject({ case: 'completed', unexplained: 0, invoices: 1 });
  // One link leads out of the site, one is absolute and made relative.
  expect(result.moved).toBe(Number(result.objects) - 2);
}, 300_000);

test('a target that takes nothing ends it with a reason', async () => {
  const ended = await Promise.all(
    ['openssh', 'in-process'].map((servers) =>
      runDemo(`read-only-${servers}`, {
        HIKKOSHI_DEMO_SERVERS: servers,
        HIKKOSHI_DEMO_TREE: 'generated',
        HIKKOSHI_DEMO_TARGET: 'read-only',
      }),
    ),
  );

  for (const { code, errors, lines } of ended) {
    expect(code).toBe(1);
    expect(errors).toContain('移行先のフォルダに書き込めません');
    expect(lines.join('\n')).not.toContain('"case"');
  }
}, 300_000);
