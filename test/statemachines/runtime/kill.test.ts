import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const worker = join(import.meta.dirname, 'kill-worker.ts');
const executions = 12;

/** Runs the worker; kills it with SIGKILL as soon as its output is such, or lets it end. Returns its lines. */
const run = (
  path: string,
  isEnough?: (text: string) => boolean,
): Promise<{ lines: string[]; signal: string | null; code: number | null; errors: string }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [worker, path, String(executions), isEnough ? 'hold' : 'finish'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    let errors = '';
    child.stdout.on('data', (data) => {
      text += data;
      if (isEnough?.(text)) child.kill('SIGKILL');
    });
    child.stderr.on('data', (data) => {
      errors += data;
    });
    child.on('close', (code, signal) => resolve({ lines: text.trimEnd().split('\n'), signal, code, errors }));
  });

describe('kill -9 of a real process', () => {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'states-language-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('again and again: every execution ends as if nothing had happened, every token stays valid', async () => {
    const path = join(directory, 'runtime.sqlite');
    const afterLines = [1, 17, 40, 40, 3, 60].map(
      (count) => (text: string) => text.split('\n').length > count,
    );
    const inFlight = (text: string) => text.includes('call half e0');
    for (const isEnough of [...afterLines, inFlight]) {
      const { signal, errors } = await run(path, isEnough);
      expect({ signal, errors: errors.replace(/.*ExperimentalWarning.*\n.*\n/, '') }).toEqual({
        signal: 'SIGKILL',
        errors: '',
      });
    }
    const last = await run(path);
    expect(last).toMatchObject({ code: 0, signal: null });
    expect(last.lines.at(-1)).toBe('all ended');

    const database = new DatabaseSync(path);
    const rows = database
      .prepare('SELECT name, status, output FROM workflow_execution ORDER BY id')
      .all() as { name: string; status: string; output: string }[];
    expect(rows.map(({ name, status, output }) => [name, status, JSON.parse(output)])).toEqual(
      Array.from({ length: executions }, (_, n) => [`e${n}`, 'SUCCEEDED', [n, 45.5, 'yes']]),
    );
    expect(database.prepare('SELECT count(*) AS n FROM workflow_frame').get()).toMatchObject({ n: 0 });
    database.close();
    // One token for each execution, whatever was killed: who was mailed one before the crash can answer after it.
    const tokens = readFileSync(`${path}.tokens`, 'utf8').trimEnd().split('\n');
    expect(new Set(tokens).size).toBe(executions);
    // Calls that were in flight when it was killed are made again.
    expect(last.lines).toContain('call half e0');
  });
});
