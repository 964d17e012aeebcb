import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { seal, unseal } from '../../functions/migration/seal.ts';
import { type OwnCipher, PacketCipher } from '../../functions/migration/web/sftp/packet-cipher.ts';
import { type Decipher, giveBackTaken, isTaken } from '../../functions/migration/web/sftp/taken-packet.ts';

/** As ssh2 hands it on: behind the padding's length, before the padding. */
const payloadIn = (packet: Buffer) => packet.subarray(1, packet.length - 10);

it('a packet is given back after it was handed on, if it is taken then, and only where its room is its own', () => {
  const kept: Buffer[] = [];
  const decipher: Decipher = {
    _onPayload: (payload) => {
      const piece = payload.subarray(9);
      kept.push(piece);
      if (piece[0] === 1) isTaken(piece);
      // Still whole while it is handed on.
      return piece.length;
    },
  };
  giveBackTaken(decipher);
  const taken = payloadIn(Buffer.alloc(32_768, 1));
  const notTaken = payloadIn(Buffer.alloc(32_768, 2));
  const shared = payloadIn(Buffer.allocUnsafe(500).fill(1));
  expect([taken, notTaken, shared].map((payload) => decipher._onPayload(payload))).toEqual([
    32_748, 32_748, 480,
  ]);
  expect(kept.map(({ length }) => length)).toEqual([0, 32_748, 480]);
  // A stream handed it on later.
  for (const piece of kept) isTaken(piece);
  decipher._onPayload(payloadIn(Buffer.alloc(32_768, 2)));
  expect(kept.map(({ length }) => length)).toEqual([0, 32_748, 480, 32_748]);
  expect(kept[1]!.every((byte) => byte === 2) && kept[2]!.every((byte) => byte === 1)).toBe(true);
});

it('what one packet said is not believed of the next, also where it fails', () => {
  const decipher: Decipher = {
    _onPayload: (payload) => {
      if (payload[0] === 2) return undefined;
      isTaken(payload);
      throw new Error('refused');
    },
  };
  giveBackTaken(decipher);
  expect(() => decipher._onPayload(payloadIn(Buffer.alloc(9000, 1)))).toThrow('refused');
  const next = payloadIn(Buffer.alloc(9000, 2));
  decipher._onPayload(next);
  expect(next).toHaveLength(8989);
});

it('an encrypted packet stays whole until the socket has taken it, and opens as RFC 5647 says', () => {
  const [key, iv] = [randomBytes(16), randomBytes(12)];
  const written: Buffer[] = [];
  const copies: Buffer[] = [];
  const taken: (() => void)[] = [];
  const own: OwnCipher = {
    outSeqno: 3,
    free: () => undefined,
    _encSSLName: 'aes-128-gcm',
    _encKey: key,
    _encIV: Buffer.from(iv),
    _onWrite: (bytes) => copies.push(bytes),
  };
  const cipher = new PacketCipher(own, (bytes, done) => {
    written.push(bytes);
    copies.push(bytes);
    taken.push(done);
  });
  const payload = randomBytes(20_000);
  for (let round = 0; round < 2; round += 1) {
    const packet = cipher.allocPacket(payload.length);
    payload.copy(packet, 5);
    cipher.encrypt(packet);
  }
  const decipher = createDecipheriv('aes-128-gcm', key, iv);
  decipher.setAAD(copies[0]!);
  decipher.setAuthTag(copies[2]!);
  const opened = Buffer.concat([decipher.update(copies[1]!), decipher.final()]);
  expect(opened.subarray(1, 1 + payload.length).equals(payload)).toBe(true);
  taken[0]!();
  expect(written.map(({ length }) => length)).toEqual([0, opened.length]);
});

it('a seal is what node:crypto makes of the whole, however it is cut, empty pieces among them', () => {
  const [key, content] = [randomBytes(32), randomBytes(200_000)];
  const cuts = [0, 0, 1, 5, 5, 70_000, 200_000, 200_000];
  const pieces = cuts.map((cut, at) => content.subarray(cuts[at - 1] ?? 0, cut));
  const sealed = seal(key, 'name', pieces);
  const cipher = createCipheriv('aes-256-gcm', key, sealed.subarray(1, 13)).setAAD(Buffer.from('name'));
  const whole = Buffer.concat([cipher.update(content), cipher.final(), cipher.getAuthTag()]);
  expect(sealed.subarray(13).equals(whole)).toBe(true);
  expect(unseal(key, 'name', sealed)!.equals(content)).toBe(true);
  expect(pieces.map(({ length }) => length)).toEqual([0, 0, 1, 4, 0, 69_995, 130_000, 0]);
});
