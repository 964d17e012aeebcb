import { type AddressInfo, createServer } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import type { WebProtocol } from '../../../functions/case/access.ts';
import type { Entry, FileTree } from '../../../functions/migration/web/file-tree.ts';
import { MemoryTree } from '../../../functions/migration/web/memory-tree.ts';
import { openWebTree, type WebPolicy } from '../../../functions/migration/web/open-web-tree.ts';
import { freePort } from '../../servers/free-port.ts';
import { jobOf, ledgerOf, transfer } from '../whole-transfer.ts';
import { selfSigned } from './certificates.ts';
import { type FtpScript, type ScriptedFtp, startScriptedFtp } from './scripted-ftp.ts';

const withFacts = ['MLST type*;size*;modify*;UNIX.mode*;', 'SIZE', 'MDTM', 'REST STREAM', 'EPSV'];
const path = (name: string) => Buffer.from(name, 'latin1');
const open: { close?(): Promise<void>; stop?(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await (one.close ?? one.stop)?.call(one);
});

async function reach(
  script: FtpScript,
  more: Partial<WebPolicy> & { protocol?: WebProtocol } = {},
): Promise<{ server: ScriptedFtp; tree: FileTree }> {
  const server = await startScriptedFtp(script);
  open.push(server);
  const { protocol, ...policy } = more;
  const usual = { allowedAddresses: ['127.0.0.0/8'], timeout: 10_000, pauses: [] };
  const tree = await openWebTree(server.access(protocol), { ...usual, ...policy });
  open.push(tree);
  return { server, tree };
}

async function listed(tree: FileTree, directory = ''): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const batch of tree.list(path(directory))) entries.push(...batch);
  return entries;
}

const unixLine = (name: string, letter = '-', size = 5) =>
  `${letter}rw-r--r--   1 u g ${size} Nov 24 2020 ${name}\r\n`;

test('data go to the peer, whatever address PASV names', async () => {
  let touched = 0;
  // A host of somebody else's, on the very port that the reply names.
  const bystander = createServer((socket) => {
    touched += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => bystander.listen(0, '127.0.0.2', resolve));
  const { port } = bystander.address() as AddressInfo;
  const { server, tree } = await reach(
    {
      files: { '/www/a': Buffer.from('hello') },
      list: () => [unixLine('a')],
      reply: (verb) => (verb === 'EPSV' ? '502 No.' : undefined),
      passive: { host: '127,0,0,2', port },
    },
    { connections: 1 },
  );
  expect((await listed(tree)).map(({ name }) => name.toString())).toEqual(['a']);
  expect((await tree.read(path('a'), 0, 9)).content.toString()).toBe('hello');
  expect(server.commands).toContain('PASV');
  expect(touched).toBe(0);
  await new Promise((resolve) => bystander.close(resolve));
});

test('where nobody answers at the port of EPSV, PASV is asked', async () => {
  const closed = await freePort();
  const { server, tree } = await reach(
    {
      files: { '/www/a': Buffer.from('hello') },
      list: () => [unixLine('a')],
      reply: (verb) => (verb === 'EPSV' ? `229 Go on (|||${closed}|)` : undefined),
    },
    { connections: 1 },
  );
  expect((await listed(tree)).map(({ name }) => name.toString())).toEqual(['a']);
  expect((await tree.read(path('a'), 0, 9)).content.toString()).toBe('hello');
  expect(server.commands.filter((one) => one.startsWith('EPSV'))).toHaveLength(1);
});

test.each(['229 Go on (|||22|)', '227 Go on (127,0,0,1,0,25)', '227 nothing', '229 (|||99999|)'])(
  'a passive port that no FTP server has is not connected to: %s',
  async (reply) => {
    const failed = await reach({ reply: (verb) => (verb === 'EPSV' ? reply : undefined) }).catch((e) => e);
    expect(failed).toMatchObject({ name: 'TransientError' });
  },
);

test.each([
  [
    'MLSD',
    {
      features: withFacts,
      facts: () => forEver(`type=file;size=1;modify=20200101000000; ${'x'.repeat(200)}\r\n`),
    },
  ],
  ['LIST', { list: (at: string) => (at === '-a' ? forEver(unixLine('x'.repeat(200))) : []) }],
  ['MLSD in one line', { features: withFacts, facts: () => forEver('x'.repeat(100)) }],
] as [string, FtpScript][])('a listing without an end: %s', async (_, script) => {
  let lying = false;
  const { tree } = await reach({
    ...script,
    list: (at) => (lying && script.list ? script.list(at) : [unixLine('sub', 'd')]),
  });
  lying = true;
  const before = process.memoryUsage().rss;
  await expect(listed(tree, 'sub')).rejects.toMatchObject({ name: 'ObjectProblem', reason: 'failed' });
  expect(process.memoryUsage().rss - before).toBeLessThan(400_000_000);
});

async function* forEver(piece: string): AsyncGenerator<Buffer> {
  const block = Buffer.from(piece.repeat(Math.ceil(200_000 / piece.length)), 'latin1');
  for (;;) yield block;
}

const hostile = ['../escaped', '..', '/etc/passwd', 'a\0b', 'a\x1b[2Jb', 'a/../../b', '', 'n'.repeat(300)];

test.each(['MLSD', 'LIST'])('hostile names in %s go no further than the ledger', async (way) => {
  const { server, tree } = await reach({
    ...(way === 'MLSD' && { features: withFacts }),
    files: { '/www/good': Buffer.from('hello') },
    facts: () =>
      ['good', ...hostile].map(
        (name) => `type=file;size=5;modify=20200101000000;UNIX.mode=0644; ${name}\r\n`,
      ),
    list: () => ['good', ...hostile].map((name) => unixLine(name)),
    reply: (verb, argument) =>
      verb === 'MLST' && argument === '/www/good'
        ? '250-Facts\r\n type=file;size=5;modify=20200101000000;UNIX.mode=0644; /www/good\r\n250 End'
        : undefined,
  });
  const target = new MemoryTree();
  const job = jobOf(tree, target);
  const result = await transfer(job);
  expect(result).toMatchObject({ moved: 1, unexplained: 0 });
  expect(await listed(target)).toHaveLength(1);
  for (const [name, line] of await ledgerOf(job)) {
    if (name !== 'good') expect(line).toMatchObject({ outcome: 'skipped', why: expect.stringMatching(/./) });
  }
  for (const command of server.commands) expect(command).not.toMatch(/\.\.|passwd|\p{Cc}|nnn/u);
});

test('links: to nowhere, to a directory, out of the root', async () => {
  const lines = (at: string) => [
    unixLine('nowhere -> gone', 'l', 4),
    unixLine('to-directory -> sub', 'l', 3),
    unixLine('out -> ../../etc', 'l', 9),
    `drwxr-xr-x 2 u g 4096 Nov 24 2020 ${at ? 'sub' : 'sub'}\r\n`,
  ];
  let inside = false;
  const { tree } = await reach({
    list: (at) => (inside ? [] : lines(at)),
    reply: (verb, argument) => {
      if (verb === 'CWD') inside = argument === '/www/sub';
      return verb === 'CWD' && /nowhere|out/.test(argument) ? '550 Failed to change directory.' : undefined;
    },
  });
  const kinds = (await listed(tree)).map(({ name, attributes }) => [name.toString(), attributes.kind]);
  expect(Object.fromEntries(kinds)).toEqual({
    nowhere: 'symlink',
    'to-directory': 'symlink',
    out: 'symlink',
    sub: 'directory',
  });
  await expect(tree.inspect(path('nowhere'), true)).rejects.toMatchObject({ reason: 'missing' });
  expect((await tree.inspect(path('to-directory'), true)).kind).toBe('directory');
  const target = new MemoryTree();
  const job = jobOf(tree, target);
  // No unexplained one, no retry: a link to nowhere is an object like any other.
  expect(await transfer(job)).toMatchObject({ objects: 4, moved: 3, skipped: 1, unexplained: 0 });
  const ledger = await ledgerOf(job);
  expect(ledger.get('nowhere')).toMatchObject({ outcome: 'moved', remark: 'リンク先がありません' });
  expect(ledger.get('out')).toMatchObject({ outcome: 'skipped' });
  expect((await target.readLink(path('to-directory'))).toString()).toBe('sub');
});

test('a link in the way of a file goes before the file comes: some servers rename over what it leads to', async () => {
  const { server, tree } = await reach(
    {
      list: () => [unixLine('new'), unixLine('page -> ../outside', 'l', 10)],
      reply: (verb) => ({ RNFR: '350 Go on.', RNTO: '250 Done.', DELE: '250 Done.' })[verb],
    },
    { connections: 1 },
  );
  await tree.rename(path('new'), path('page'));
  expect(server.commands.filter((one) => /^(DELE|RNFR|RNTO) /.test(one))).toEqual([
    'DELE /www/page',
    'RNFR /www/new',
    'RNTO /www/page',
  ]);
});

test('a silent data connection is given up', async () => {
  const script: FtpScript = { list: () => [unixLine('a')], files: { '/www/a': Buffer.alloc(5) } };
  const { tree } = await reach(
    { ...script, reply: (verb) => (verb === 'RETR' ? '150 Any time now.' : undefined) },
    { timeout: 1500 },
  );
  await expect(tree.read(path('a'), 0, 5)).rejects.toMatchObject({ name: 'TransientError' });
});

test('an answer without an end is given up', async () => {
  const failed = await reach({
    reply: (verb) => (verb === 'SYST' ? `215-${'x\r\n215-'.repeat(20_000)}` : undefined),
  }).catch((error) => error);
  expect(failed).toMatchObject({ name: 'TransientError' });
});

test('a listing that was cut off by the server is none', async () => {
  const { tree } = await reach({
    features: withFacts,
    facts: () => ['type=file;size=1;modify=20200101000000; x\r\n'],
    finished: (verb) => (verb === 'MLSD' ? ['226 Output truncated to 10000 matches'] : ['226 Done.']),
  });
  await expect(listed(tree)).rejects.toMatchObject({ name: 'ObjectProblem', reason: 'failed' });
});

test.each([
  ['1 control connection at most', 1, 1],
  ['3 control connections at most', 3, 3],
])('%s', async (_, connections, most) => {
  const files = Object.fromEntries(
    Array.from({ length: 40 }, (_, at) => [`/www/f${at}`, Buffer.from(`${at}`)]),
  );
  const { server, tree } = await reach(
    { files, list: () => Object.keys(files).map((name) => unixLine(name.slice(5), '-', 1)) },
    { connections },
  );
  const contents = await Promise.all(
    Array.from({ length: 40 }, async (_, at) => (await tree.read(path(`f${at}`), 0, 9)).content.toString()),
  );
  expect(contents).toEqual(Array.from({ length: 40 }, (_, at) => `${at}`));
  expect(server.sessions.most).toBe(most);
});

test.each(['421 Too many connections.', '530 Sorry, the maximum number of clients for this user.'])(
  'a server that takes two log-ins is content with two: %s',
  async (refusal) => {
    const files = Object.fromEntries(
      Array.from({ length: 30 }, (_, at) => [`/www/f${at}`, Buffer.from('x')]),
    );
    const { server, tree } = await reach({
      files,
      list: () => Object.keys(files).map((name) => unixLine(name.slice(5), '-', 1)),
      reply: (verb, _, { number }) => (verb === 'PASS' && number > 2 ? refusal : undefined),
    });
    const all = await Promise.all(Object.keys(files).map((name) => tree.read(path(name.slice(5)), 0, 9)));
    expect(all.every(({ content }) => content.toString() === 'x')).toBe(true);
    expect(server.commands.filter((one) => one.startsWith('RETR'))).toHaveLength(30);
  },
);

test('a server that loses commands which come together gets them one by one', async () => {
  let waiting = 0;
  const { tree, server } = await reach(
    {
      files: { '/www/a': Buffer.from('hello') },
      list: () => [unixLine('a')],
      // The second of two NOOPs is lost with the connection.
      reply: (verb, _, session) => {
        if (verb !== 'NOOP' || session.number > 1) return undefined;
        waiting += 1;
        if (waiting === 2) session.end();
        return undefined;
      },
    },
    { timeout: 2500 },
  );
  expect((await tree.read(path('a'), 0, 9)).content.toString()).toBe('hello');
  expect(server.sessions.ever).toBe(2);
});

test.each([
  ['two answers', ['426 Broken.', '226 Done.']],
  ['one', ['426 Broken.']],
  ['a 150, as Pure-FTPd gives', ['150 0.003 seconds (measured here)']],
])('%s to a transfer that was broken off do not shift what follows', async (_, answers) => {
  const large = Buffer.alloc(8_000_000, 'large');
  const { tree, server } = await reach(
    {
      files: { '/www/large': large, '/www/small': Buffer.from('small') },
      list: () => [unixLine('large', '-', large.length), unixLine('small')],
      finished: (verb, brokenOff) => (verb === 'RETR' && brokenOff ? answers : ['226 Done.']),
    },
    { connections: 1 },
  );
  for (const start of [10, 1_000_003]) {
    const { content } = await tree.read(path('large'), start, 100_000);
    expect(content.equals(large.subarray(start, start + 100_000))).toBe(true);
  }
  const { before, content } = await tree.read(path('small'), 0, 9);
  expect([before.size, content.toString()]).toEqual([5, 'small']);
  expect(server.sessions.ever).toBe(1);
});

test.each([
  ['says that it is about to answer, for ever', '150 Soon.\r\n'.repeat(50).trimEnd()],
  ['says it once, and no more', '150 Soon.'],
])('a server that %s is given up', async (_, reply) => {
  const { tree } = await reach(
    {
      files: { '/www/a': Buffer.from('hello') },
      list: () => [unixLine('a')],
      reply: (verb) => (verb === 'SIZE' ? reply : undefined),
    },
    { timeout: 1500 },
  );
  await expect(tree.read(path('a'), 0, 9)).rejects.toMatchObject({ name: 'TransientError' });
});

test('times in LIST are Japanese until a file shows otherwise', async () => {
  const reply = (verb: string) => (verb === 'MDTM' ? '213 20201124120030' : undefined);
  const list = () => [
    '-rw-r--r-- 1 u g 5 2020-11-24 12:00 file\r\n',
    'drwxr-xr-x 2 u g 4096 2020-11-24 18:00 directory\r\n',
  ];
  const mtimes = async (tree: FileTree) =>
    Object.fromEntries((await listed(tree)).map(({ name, attributes }) => [name, attributes.mtime]));
  const dumb = await reach({ list, reply: (verb) => (verb === 'MDTM' ? '502 No.' : undefined) });
  expect(await mtimes(dumb.tree)).toEqual({
    file: Date.parse('2020-11-24T12:00:00+09:00') / 1000,
    directory: Date.parse('2020-11-24T18:00:00+09:00') / 1000,
  });
  const utc = await reach({ list, reply });
  expect(await mtimes(utc.tree)).toEqual({
    file: Date.parse('2020-11-24T12:00:30Z') / 1000,
    directory: Date.parse('2020-11-24T18:00:00Z') / 1000,
  });
});

test('FTPS is never given up in silence: without AUTH, or PROT, no password or no data are sent', async () => {
  const plain = await startScriptedFtp({});
  open.push(plain);
  const policy = { allowedAddresses: ['127.0.0.0/8'], timeout: 2000 };
  await expect(openWebTree(plain.access('ftps'), policy)).rejects.toMatchObject({ name: 'TerminalError' });
  expect(plain.commands.filter((one) => /^(USER|PASS)/.test(one))).toEqual([]);
  await expect(openWebTree(plain.access('ftps-implicit'), policy)).rejects.toMatchObject({ name: /Error$/ });
  const unprotected = await startScriptedFtp({
    certificate: selfSigned(),
    reply: (verb) => (verb === 'PROT' ? '536 No.' : undefined),
  });
  open.push(unprotected);
  await expect(openWebTree(unprotected.access('ftps'), policy)).rejects.toMatchObject({
    name: 'TerminalError',
  });
  expect(unprotected.commands.join()).not.toMatch(/LIST|MLSD|RETR/);
});

test("a data connection with another certificate than the log-in's carries nothing", async () => {
  const certificate = selfSigned();
  const list = () => [unixLine('a')];
  const honest = await reach({ certificate, list }, { protocol: 'ftps' });
  expect((await listed(honest.tree)).map(({ name }) => name.toString())).toEqual(['a']);
  const failed = await reach(
    { certificate, dataCertificate: selfSigned(), list },
    { protocol: 'ftps' },
  ).catch((error) => error);
  expect(failed).toMatchObject({ name: 'TerminalError', message: expect.stringContaining('証明書') });
});

test('a certificate that changes from one connection of a tree to the next stops the work', async () => {
  const { server, tree } = await reach(
    {
      certificate: selfSigned(),
      laterCertificate: selfSigned(),
      list: () => [unixLine('a')],
      files: { '/www/a': Buffer.from('hello') },
    },
    { protocol: 'ftps' },
  );
  const results = await Promise.allSettled([1, 2, 3].map(() => tree.read(path('a'), 0, 9)));
  expect(results).toContainEqual({
    status: 'rejected',
    reason: expect.objectContaining({ name: 'TerminalError', message: expect.stringContaining('証明書') }),
  });
  expect(server.sessions.ever).toBeGreaterThan(1);
  expect(server.commands.filter((one) => one.startsWith('PASS'))).toHaveLength(1);
});

test.each([
  ['530 Sorry, the maximum number of allowed clients (10) are already connected.', 'TransientError'],
  ['530 Too many connections from this IP', 'TransientError'],
  ['530 User limit reached', 'TransientError'],
  ['530 Login incorrect.', 'TerminalError'],
  ['530 Too many failed logins for this user.', 'TerminalError'],
  ['530 Maximum login attempts exceeded, connection refused', 'TerminalError'],
])('the first log-in is refused: %s', async (refusal, name) => {
  const failed = await reach({ reply: (verb) => (verb === 'PASS' ? refusal : undefined) }).catch((e) => e);
  expect(failed).toMatchObject({ name });
});

test('no error holds the password or the words of the server', async () => {
  const server = await startScriptedFtp({
    reply: (verb, argument) => (verb === 'PASS' ? `530 not ${argument} \x1b[2J` : undefined),
  });
  open.push(server);
  const error: Error = await openWebTree(server.access(), { allowedAddresses: ['127.0.0.0/8'] }).then(
    () => new Error('logged in'),
    (refusal) => refusal,
  );
  expect(error.name).toBe('TerminalError');
  expect(`${error.message}${error.stack}`).not.toMatch(/himitsu|\[2J|not /);
});

test.each([23, 80, 143, 22])('port %i is not one of FTP', async (port) => {
  const access = { protocol: 'ftp' as const, host: '127.0.0.1', port, user: 'u', password: 'p', root: '/' };
  await expect(openWebTree(access, { allowedAddresses: ['127.0.0.0/8'] })).rejects.toMatchObject({
    name: 'TerminalError',
    message: expect.stringContaining('ポート'),
  });
});

test('a host of ours is refused before anything is connected to', async () => {
  const server = await startScriptedFtp({});
  open.push(server);
  for (const host of ['127.0.0.1', '0x7f.1', '2130706433', 'localhost']) {
    await expect(openWebTree({ ...server.access(), host }, { allowedAddresses: [] })).rejects.toMatchObject({
      name: 'TerminalError',
    });
  }
  expect(server.sessions.ever).toBe(0);
});
