import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { WebAccess } from '../../functions/case/access.ts';
import { ObjectProblem } from '../../functions/migration/object-problem.ts';
import { openWebTree } from '../../functions/migration/web/open-web-tree.ts';
import { startOpenSsh } from '../servers/openssh.ts';
import { startFtpServer } from './ftp/ftp-server.ts';

const policy = { allowedAddresses: ['127.0.0.0/8'], timeout: 10_000 };
const bytes = 400_000;
/** What may be under way before the cap holds the rest back: a packet, a pipe's or a socket's piece; and a timer's early end. */
const ahead = 200_000;

const ssh = async (config: readonly string[]) => {
  const { port, user, privateKey, folder, stop } = await startOpenSsh({ config: [...config] });
  const access: WebAccess = { protocol: 'sftp', host: '127.0.0.1', port, user, privateKey, root: folder };
  return { access, folder, stop };
};
const ftp = async (protocol: 'ftp' | 'ftps') => {
  const server = await startFtpServer();
  return { access: server.access(protocol), folder: server.home, stop: server.stop };
};

/** A cap is the shortest time that something takes: a slow machine only keeps it more surely. */
test.each([
  ['SFTP', () => ssh([])],
  ['a shell', () => ssh(['ForceCommand none'])],
  ['FTP', () => ftp('ftp')],
  ['FTPS', () => ftp('ftps')],
] as const)('reading by %s keeps the cap, one file and many', async (_, start) => {
  const server = await start();
  const content = Buffer.alloc(bytes / 2, 'x');
  for (const name of ['a', 'b']) writeFileSync(join(server.folder, name), content);
  const rate = 800_000;
  const tree = await openWebTree(server.access, { ...policy, bytesPerSecond: rate });
  try {
    const least = ((bytes - ahead) / rate) * 1000;
    let began = performance.now();
    const one = await tree.read(Buffer.from('a'), 0, bytes);
    expect(one.content.equals(content)).toBe(true);
    await tree.read(Buffer.from('b'), 0, bytes);
    expect(performance.now() - began).toBeGreaterThan(least);
    began = performance.now();
    const wanted = ['a', 'b'].map((name) => ({ path: Buffer.from(name), size: content.length }));
    const many = await tree.readMany(wanted);
    for (const read of many) {
      if (read instanceof ObjectProblem) throw read;
      expect(read.content.equals(content)).toBe(true);
    }
    expect(performance.now() - began).toBeGreaterThan(least);
  } finally {
    await tree.close();
    await server.stop();
  }
});
