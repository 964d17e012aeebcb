import { afterEach, expect, test } from '@jest/globals';
import type { Reading } from '../../../functions/migration/web/file-tree.ts';
import { openWebTree } from '../../../functions/migration/web/open-web-tree.ts';
import { type FtpScript, type ScriptedFtp, startScriptedFtp } from './scripted-ftp.ts';

const open: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of open.splice(0).reverse()) await end();
});

const content = Buffer.from('<p>引越し</p>');
const path = Buffer.from('index.html');
const name = '/www/index.html';
/** 2026-01-02 03:04:05 UTC. */
const mtime = 1_767_323_045;
const standing = { kind: 'file', size: content.length, mtime };

/** A server with one page, which says of it what it is told to; undefined: it is not there. */
async function reach(facts: () => { size: number; modify: string } | undefined, more: FtpScript = {}) {
  const server: ScriptedFtp = await startScriptedFtp({
    features: ['MLST type*;size*;modify*;'],
    files: { [name]: content },
    ...more,
    reply: (verb, argument, session) => {
      const answered = more.reply?.(verb, argument, session);
      if (answered !== undefined || verb !== 'MLST') return answered;
      const told = facts();
      if (!told) return '550 No such file or directory.';
      return `250-Facts\r\n type=file;size=${told.size};modify=${told.modify}; ${name}\r\n250 End`;
    },
  });
  open.push(() => server.stop());
  const policy = { allowedAddresses: ['127.0.0.0/8'], timeout: 10_000, pauses: [5, 10] };
  const tree = await openWebTree(server.access(), policy);
  open.push(() => tree.close());
  const asked = (verb: string) => server.commands.filter((command) => command.startsWith(verb)).length;
  return { tree, asked };
}

const asSeen = () => ({ size: content.length, modify: '20260102030405' });

test('a file that is as the inventory saw it is asked about once', async () => {
  const { tree, asked } = await reach(asSeen);
  const [read] = (await tree.readMany([{ path, size: content.length, mtime }])) as Reading[];
  expect(read).toMatchObject({ before: standing, after: standing, content });
  expect([asked('MLST'), asked('RETR')]).toEqual([1, 1]);
});

test('without a time that was seen it is asked about before and after', async () => {
  const { tree, asked } = await reach(asSeen);
  const [read] = (await tree.readMany([{ path, size: content.length }])) as Reading[];
  expect(read).toMatchObject({ before: standing, after: standing, content });
  expect([asked('MLST'), asked('RETR')]).toEqual([2, 1]);
});

test('a file that was written to since is read again, with what it is now before and after', async () => {
  const { tree, asked } = await reach(() => ({ size: content.length, modify: '20260102030406' }));
  const [read] = (await tree.readMany([{ path, size: content.length, mtime }])) as Reading[];
  const now = { ...standing, mtime: mtime + 1 };
  expect(read).toMatchObject({ before: now, after: now, content });
  expect(asked('RETR')).toBe(2);
});

test('a file that is written to while it is read does not pass for a whole one', async () => {
  let seconds = 5;
  const { tree } = await reach(() => ({ size: content.length, modify: `2026010203040${++seconds}` }));
  const [read] = (await tree.readMany([{ path, size: content.length, mtime }])) as Reading[];
  expect(read!.before.mtime).not.toBe(read!.after.mtime);
});

test('one that has grown is read as far as was asked for, and says so', async () => {
  const { tree } = await reach(asSeen);
  const [read] = (await tree.readMany([{ path, size: 5, mtime }])) as Reading[];
  expect(read).toMatchObject({ before: standing, after: standing, content: content.subarray(0, 5) });
});

test('one that is gone is missing, whatever words the refused transfer has', async () => {
  const refused = (verb: string) => (verb === 'RETR' ? '550 Failed to open file.' : undefined);
  const { tree } = await reach(() => undefined, { reply: refused });
  const [problem] = await tree.readMany([{ path, size: content.length, mtime }]);
  expect(problem).toMatchObject({ name: 'ObjectProblem', reason: 'missing' });
});
