import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Ports } from '../../functions/case/ports.ts';
import { sampleSettings } from '../../functions/case/sample-settings.ts';
import type { Run } from '../../functions/migration/engine.ts';
import { readLines } from '../../functions/migration/ndjson.ts';
import { openWebTree } from '../../functions/migration/web/open-web-tree.ts';
import { webEngine } from '../../functions/migration/web/web-engine.ts';
import { sampleCase, submitted } from '../case/sample-case.ts';
import { startOpenSsh } from '../servers/openssh.ts';
import { MemoryObjects, MemoryVault } from './memory-ports.ts';
import { accessTo } from './start-transfer.ts';

/** Stands before a server and counts how many connections are open at once, and what comes from it. */
async function counting(to: number) {
  const open = new Set<Socket>();
  const seen = { most: 0, sent: 0 };
  const server = createServer((client) => {
    const upstream = connect(to, '127.0.0.1');
    open.add(client);
    seen.most = Math.max(seen.most, open.size);
    client.on('close', () => open.delete(client)).on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    for (const socket of [client, upstream]) socket.on('error', () => socket.destroy());
    upstream.on('data', (piece: Buffer) => {
      seen.sent += piece.length;
    });
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => new Promise((resolve) => server.close(resolve));
  return { port: (server.address() as AddressInfo).port, seen, stop };
}

const files = 2;
/** Above a pack: each is a chunk of its own. */
const bytes = 6_500_000;
const megabytesPerSecond = 8;

/** A cap is the shortest time that something takes: a slow machine only keeps it more surely. */
test.each([
  ['SFTP', [], 3],
  ['SFTP', [], 1],
  ['a shell', ['ForceCommand none'], 2],
] as const)(
  'two chunks at once over %s keep together what the servers are to bear, %j, %i connections',
  async (_, config, connections) => {
    const [from, to] = [
      await startOpenSsh({ config: [...config] }),
      await startOpenSsh({ config: [...config] }),
    ];
    const [before, behind] = [await counting(from.port), await counting(to.port)];
    const [source, target] = [join(from.folder, 'site'), join(to.folder, 'site')];
    for (const folder of [source, target]) mkdirSync(folder);
    const content = randomBytes(bytes);
    for (let at = 0; at < files; at += 1) writeFileSync(join(source, `${at}`), content);
    const c = sampleCase({
      id: 'HK-7K3M-Q2T9',
      stage: 'migrating',
      forms: {
        'source-access': submitted('source-access', { confided: 's' }),
        'migration-details': submitted('migration-details', {
          confided: 'm',
          sourceConnections: connections,
          sourceMegabytesPerSecond: megabytesPerSecond,
          startsAt: '2026-12-01T13:00:00.000Z',
          windowEndsAt: '2026-12-01T21:00:00.000Z',
        }),
      },
    });
    const vault = new MemoryVault();
    await vault.put(c.id, 'source-web.s', JSON.stringify({ ...accessTo(from, source), port: before.port }));
    await vault.put(c.id, 'target-web.m', JSON.stringify({ ...accessTo(to, target), port: behind.port }));
    const objects = new MemoryObjects();
    const ports = {
      records: { load: async () => c },
      clock: { now: () => new Date('2026-12-01T14:00:00Z') },
      settings: {
        ...sampleSettings,
        allowedAddresses: ['127.0.0.0/8'],
        servers: { connections, megabytesPerSecond: 100 },
      },
      remaining: () => 900_000,
      ...{ objects, vault },
    } as unknown as Ports;
    const engine = webEngine(openWebTree);
    const run: Run = { caseId: c.id, plan: 'web', run: 1 };
    try {
      const taken = (await engine.takeInventory(ports, run)) as unknown as {
        chunksKey: string;
        chunksAtOnce: number;
      };
      const chunks: number[] = [];
      for await (const { chunk } of readLines<{ chunk: number }>(objects, taken.chunksKey))
        chunks.push(chunk);
      expect([chunks.length, taken.chunksAtOnce]).toEqual([files, Math.min(2, connections)]);
      const sentBefore = before.seen.sent;
      const began = performance.now();
      // As the flow does it: so many at once.
      const next = chunks[Symbol.iterator]();
      await Promise.all(
        Array.from({ length: taken.chunksAtOnce }, async () => {
          for (const chunk of next) while ((await engine.copyChunk(ports, run, chunk)).more);
        }),
      );
      const seconds = (performance.now() - began) / 1000;
      const sent = before.seen.sent - sentBefore;
      expect(sent).toBeGreaterThan(files * bytes);
      // What may be on its way before the cap holds the rest back: of each chunk, a packet or a pipe's piece.
      const ahead = 2 * 300_000;
      expect(seconds).toBeGreaterThan((files * bytes - ahead) / (megabytesPerSecond * 1_000_000));
      while ((await engine.verifyTransfer(ports, run)).more);
      for (const { seen } of [before, behind]) {
        expect(seen.most).toBeGreaterThan(0);
        expect(seen.most).toBeLessThanOrEqual(connections);
      }
      for (let at = 0; at < files; at += 1)
        expect(readFileSync(join(target, `${at}`)).equals(content)).toBe(true);
    } finally {
      for (const one of [from, to, before, behind]) await one.stop();
    }
  },
  60_000,
);
