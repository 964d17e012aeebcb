import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { dataKey } from '../../functions/migration/data-key.ts';
import { stagePack, unstagePack } from '../../functions/migration/staging.ts';
import { MemoryObjects, MemoryVault } from './memory-ports.ts';

const key = 'temporary/HK-1/web/1/p/staged/0/0';
const pack = {
  header: { files: 2 },
  contents: [Buffer.from('住所録'), Buffer.alloc(0), randomBytes(100_000)],
};

describe('staged packs', () => {
  it('come back as they were, and nothing of them can be read without the key', async () => {
    const objects = new MemoryObjects();
    const secret = randomBytes(32);
    await stagePack(objects, secret, key, pack);
    expect(await unstagePack(objects, secret, key)).toEqual(pack);
    expect(objects.stored.get(key)!.includes(Buffer.from('住所録'))).toBe(false);
    expect(await unstagePack(objects, randomBytes(32), key)).toBeUndefined();
    expect(await unstagePack(objects, secret, `${key}1`)).toBeUndefined();
  });

  it('do not open when a bit was flipped, when they were cut, lengthened, or lie under another key', async () => {
    const objects = new MemoryObjects();
    const secret = randomBytes(32);
    await stagePack(objects, secret, key, pack);
    const sealed = objects.stored.get(key)!;
    const damaged = [
      ...[0, 5, 20, 5000, sealed.length - 1].map((at) => {
        const copy = Buffer.from(sealed);
        copy[at]! ^= 1;
        return copy;
      }),
      ...[0, 10, sealed.length - 1].map((end) => sealed.subarray(0, end)),
      Buffer.concat([sealed, Buffer.of(0)]),
    ];
    for (const bytes of damaged) {
      objects.stored.set(key, bytes);
      expect(await unstagePack(objects, secret, key)).toBeUndefined();
    }
    objects.stored.set(`${key}9`, sealed);
    expect(await unstagePack(objects, secret, `${key}9`)).toBeUndefined();
  });

  it('lie under one data key a case, which erasure destroys', async () => {
    const vault = new MemoryVault();
    const [first, again, other] = [
      await dataKey(vault, 'HK-1'),
      await dataKey(vault, 'HK-1'),
      await dataKey(vault, 'HK-2'),
    ];
    expect(first).toHaveLength(32);
    expect(again.equals(first)).toBe(true);
    expect(other.equals(first)).toBe(false);
    await vault.erase('HK-1');
    expect((await dataKey(vault, 'HK-1')).equals(first)).toBe(false);
  });
});
