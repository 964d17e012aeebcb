import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startDovecot } from '../../servers/dovecot.ts';
import { bare, contents, fill, letter } from './mailboxes.ts';
import { open } from './move.ts';

const program = join(import.meta.dirname, 'dying-move.ts');

function live(args: readonly string[]): Promise<{ killed: boolean; output: string; errors: string }> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  child.stderr.on('data', (data) => {
    errors += data;
  });
  return new Promise((resolve) =>
    child.once('close', (_, signal) => resolve({ killed: signal === 'SIGKILL', output, errors })),
  );
}

test('killed 50 times in one move: at the end every message is there once', async () => {
  const source = await startDovecot({ separator: '.', prefix: 'INBOX.' });
  const target = await startDovecot({ separator: '/', prefix: '' });
  const folder = mkdtempSync(join(tmpdir(), 'mail-kill-'));
  const from = await open(source.port);
  const to = await open(target.port);
  try {
    // A third of the mails is there twice in its folder.
    const seeds = (first: number, count: number) =>
      Array.from({ length: count }, (_, at) => ({
        body: letter(first + (at % Math.round(count / 1.5)), 40_000),
        flags: at % 2 ? ['\\Seen'] : [],
        date: '02-Jan-2020 03:04:05 +0900',
      }));
    await fill(from, 'INBOX', seeds(0, 700));
    for (const [index, name] of ['送信済み', '下書き', '見積もり'].entries()) {
      await fill(from, `INBOX.${name}`, seeds(1000 * (index + 1), 150));
    }
    let seed = 20_261_124;
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    let kills = 0;
    let last = { killed: true, output: '', errors: '' };
    for (; kills < 50 && last.killed; kills++) {
      const args = [
        `${source.port}`,
        `${target.port}`,
        folder,
        `${1 + random(3)}`,
        `${random(3) * random(15)}`,
      ];
      last = await live(args);
    }
    expect({ kills, ...last }).toMatchObject({ kills: 50, killed: true });
    const end = await live([`${source.port}`, `${target.port}`, folder, '0', '0']);
    expect(JSON.parse(end.output || JSON.stringify(end))).toMatchObject({ skipped: 0, unexplained: 0 });
    expect(bare(await contents(to), '', '/')).toEqual(bare(await contents(from), 'INBOX.', '.'));
  } finally {
    await from.logout();
    await to.logout();
    await source.stop();
    await target.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}, 300_000);
