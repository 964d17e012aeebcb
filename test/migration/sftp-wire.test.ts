import { describe, expect, it } from '@jest/globals';
import { MemoryTree } from '../../functions/migration/web/memory-tree.ts';
import { openWebTree } from '../../functions/migration/web/open-web-tree.ts';
import { Outgoing } from '../../functions/migration/web/sftp/outgoing.ts';
import {
  PacketSplitter,
  packetType,
  string,
  uint32,
  uint64,
} from '../../functions/migration/web/sftp/packet.ts';
import { Slab } from '../../functions/migration/web/sftp/slab.ts';
import { startScriptedSftp } from '../servers/scripted-sftp.ts';
import { treeScript } from '../servers/tree-script.ts';

const path = (name: string) => Buffer.from(name);
const bytesOf = (length: number) =>
  Buffer.from(Array.from({ length }, (_, at) => (at * 2_654_435_761) >>> 24));
const packet = (type: number, ...fields: Buffer[]) => {
  const body = Buffer.concat([Buffer.of(type), ...fields]);
  return Buffer.concat([uint32(body.length), body]);
};

describe('packets', () => {
  it('come out the same wherever the stream is cut, content in its place', () => {
    const content = bytesOf(300);
    const stream = Buffer.concat([
      packet(packetType.status, uint32(1), uint32(0)),
      packet(packetType.data, uint32(2), string(content)),
      packet(packetType.data, uint32(3), string(Buffer.from('unexpected'))),
      packet(packetType.data, uint32(4), uint32(5000)),
      packet(packetType.handle, uint32(5), string('h')),
    ]);
    for (let cut = 1; cut < stream.length; cut += 1) {
      const into = Buffer.alloc(content.length);
      const seen: string[] = [];
      let placed = 0;
      const splitter = new PacketSplitter({
        onPacket: (type, body, inPlace) => {
          if (inPlace) placed += 1;
          const id = body.readUInt32BE(0);
          if (id === 2) (inPlace ? into : body.subarray(8)).copy(into);
          seen.push(`${type}:${id}:${id === 2 ? '' : body.subarray(4).toString('hex')}`);
        },
        roomFor: (head, count) => (head.readUInt32BE(1) === 2 ? into.subarray(0, count) : undefined),
      });
      for (const piece of [stream.subarray(0, cut), stream.subarray(cut)]) splitter.push(piece);
      expect(seen).toEqual([
        '101:1:00000000',
        '103:2:',
        `103:3:${string('unexpected').toString('hex')}`,
        '103:4:00001388',
        '102:5:0000000168',
      ]);
      expect(into.equals(content)).toBe(true);
      // The second packet begins at byte 13, its content 13 bytes later.
      expect(placed).toBe(cut >= 26 && cut < 26 + content.length ? 1 : 0);
    }
  });

  it('leave in order, however long, and are left alone until they are taken', async () => {
    const sent: Buffer[] = [];
    const held: { bytes: Buffer; copy: Buffer; taken: () => void }[] = [];
    const outgoing = new Outgoing((bytes, taken) => {
      const copy = Buffer.from(bytes);
      sent.push(copy);
      held.push({ bytes, copy, taken });
    });
    const expected: Buffer[] = [];
    for (let id = 1; id <= 40; id += 1) {
      const content = bytesOf(id * 3001);
      outgoing.add(packetType.write, id, [string('handle'), uint64(id), content.length, content]);
      expected.push(packet(packetType.write, uint32(id), string('handle'), uint64(id), string(content)));
      if (id % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
      if (id % 3 === 0) held.shift()?.taken();
      for (const { bytes, copy } of held) expect(bytes.equals(copy)).toBe(true);
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(held.length).toBeGreaterThan(1);
    expect(Buffer.concat(sent).equals(Buffer.concat(expected))).toBe(true);
  });
});

describe('room for content', () => {
  it('never overlaps', () => {
    const slab = new Slab();
    const taken = Array.from({ length: 2000 }, (_, at) => slab.take((at * 7919) % 40_000));
    for (const [at, room] of taken.entries()) room.fill(at % 251);
    for (const [at, room] of taken.entries()) {
      expect(room.length).toBe((at * 7919) % 40_000);
      expect(room.every((byte) => byte === at % 251)).toBe(true);
    }
    expect(slab.take(5_000_000).length).toBe(5_000_000);
  });
});

class CountingTree extends MemoryTree {
  mostRead = 0;
  mostWritten = 0;

  override read(...of: Parameters<MemoryTree['read']>) {
    this.mostRead = Math.max(this.mostRead, of[2]);
    return super.read(...of);
  }

  override write(...of: Parameters<MemoryTree['write']>) {
    this.mostWritten = Math.max(this.mostWritten, of[2].length);
    return super.write(...of);
  }
}

describe('what a server says of its limits', () => {
  const limits = (read: number, write: number) =>
    Buffer.concat([uint64(262_144), uint64(read), uint64(write), uint64(1000)]);

  it.each([
    ['more than we take', limits(1_000_000, 1_000_000), 255 * 1024, 255 * 1024],
    ['less than is usual', limits(4096, 8192), 4096, 8192],
    ['nothing', limits(0, 0), 32 * 1024, 32 * 1024],
    ['that it cannot tell', undefined, 32 * 1024, 32 * 1024],
  ])('%s', async (_, answer, mostRead, mostWritten) => {
    const served = new CountingTree();
    const script = treeScript(served, { shortReads: 1_000_000 });
    const server = await startScriptedSftp({
      extensions: ['limits@openssh.com'],
      script: (type, fields) =>
        type === packetType.extended && answer
          ? { type: packetType.extendedReply, body: answer }
          : script(type, fields),
    });
    const tree = await openWebTree(
      { protocol: 'sftp', ...server, root: '/tree' },
      { allowedAddresses: ['127.0.0.0/8'], timeout: 10_000 },
    );
    const content = bytesOf(600_000);
    await tree.write(path('file'), 0, content, { create: true });
    expect((await tree.read(path('file'), 0, 700_000)).content.equals(content)).toBe(true);
    expect([served.mostRead, served.mostWritten]).toEqual([mostRead, mostWritten]);
    await tree.close();
    await server.stop();
  });
});
