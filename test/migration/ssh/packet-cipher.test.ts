import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openWebTree } from '../../../functions/migration/web/open-web-tree.ts';
import { startOpenSsh } from '../../servers/openssh.ts';

/** What is put into ssh2 for speed (quick-socket.ts) holds with every cipher, and when keys are changed midway. */
describe.each([
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'chacha20-poly1305@openssh.com',
  'aes128-ctr',
])('with %s', (cipher) => {
  it('whole contents arrive both ways, with new keys every megabyte', async () => {
    const server = await startOpenSsh({
      config: [`Ciphers ${cipher}`, 'RekeyLimit 1M', 'ForceCommand none', 'LogLevel DEBUG1'],
    });
    const root = join(server.folder, 'www');
    mkdirSync(root);
    const tree = await openWebTree(
      { protocol: 'sftp', ...server, root },
      { allowedAddresses: ['127.0.0.0/8'], timeout: 10_000, pauses: [] },
    );
    try {
      const large = randomBytes(5_000_000);
      await tree.write(Buffer.from('large'), 0, large, { create: true });
      expect((await tree.read(Buffer.from('large'), 0, 6_000_000)).content.equals(large)).toBe(true);
      const files = Array.from({ length: 40 }, (_, number) => ({
        path: Buffer.from(`${number}`),
        content: randomBytes(100_000),
        attributes: { mode: 0o644, mtime: 1000 },
      }));
      expect((await tree.writeMany(files)).filter((problem) => problem)).toEqual([]);
      const read = await tree.readMany(files.map(({ path }) => ({ path, size: 100_000 })));
      for (const [at, { content }] of files.entries()) {
        expect(read[at]).toMatchObject({ before: { size: 100_000 } });
        expect('content' in read[at]! && read[at].content.equals(content)).toBe(true);
      }
      const log = readFileSync(join(server.folder, 'log'), 'utf8');
      expect(log.match(/rekey/g)?.length ?? 0).toBeGreaterThan(10);
      expect(log).toContain(`cipher: ${cipher}`);
    } finally {
      await tree.close();
      await server.stop();
    }
  });
});
