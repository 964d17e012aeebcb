import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ObjectProblem } from '../../functions/migration/object-problem.ts';
import { openWebTree } from '../../functions/migration/web/open-web-tree.ts';
import { startOpenSsh } from '../servers/openssh.ts';

const files = Array.from({ length: 300 }, (_, at) => ({
  path: Buffer.from(`file ${at}`),
  content: Buffer.alloc((at * 997) % 60_000, at % 251),
  attributes: { mode: 0o640, mtime: 1_000_000_000 + at },
}));

/** Moves a batch there and back; returns how many SFTP sessions the server says it has begun. */
async function sessionsFor(config: readonly string[]): Promise<number> {
  const server = await startOpenSsh({ config: ['LogLevel VERBOSE', ...config] });
  const root = join(server.folder, 'www');
  mkdirSync(root);
  const tree = await openWebTree(
    { protocol: 'sftp', ...server, root },
    { allowedAddresses: ['127.0.0.0/8'], timeout: 10_000 },
  );
  try {
    for (let round = 0; round < 2; round += 1) {
      expect(await tree.writeMany(files)).toEqual(files.map(() => undefined));
      const readings = await tree.readMany(
        files.map(({ path, content }) => ({ path, size: content.length })),
      );
      for (const [at, reading] of readings.entries()) {
        if (reading instanceof ObjectProblem) throw reading;
        expect(reading.content.equals(files[at]!.content)).toBe(true);
        expect(reading.after).toMatchObject(files[at]!.attributes);
      }
      await Promise.all(files.map(({ path }) => tree.remove(path)));
    }
    const log = readFileSync(join(server.folder, 'log'), 'utf8');
    return log.match(/Starting session: .*sftp/g)?.length ?? 0;
  } finally {
    await tree.close();
    await server.stop();
  }
}

describe('a batch over SFTP', () => {
  it('goes through several sessions, of which a file needs one', async () => {
    expect(await sessionsFor([])).toBeGreaterThanOrEqual(4);
  });

  it('goes through one where the server allows no more', async () => {
    expect(await sessionsFor(['MaxSessions 1'])).toBe(1);
  });
});
