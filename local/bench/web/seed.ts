import { createCipheriv } from 'node:crypto';
import { closeSync, mkdirSync, openSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface Seeding {
  /** Of 1 to 64 KB, 20 KB in the mean: small ones are the more, as on real sites. */
  files: number;
  large: number;
  /** Megabytes of a large one. */
  largeMegabytes: number;
}

const filesInDirectory = 100;
const poolBytes = 8 * 1024 * 1024;

/** Writes the same tree each time, of bytes that no compression makes less. Returns the bytes in all. */
export function seedTree(root: string, { files, large, largeMegabytes }: Seeding): number {
  const pool = createCipheriv('aes-128-ctr', Buffer.alloc(16, 1), Buffer.alloc(16)).update(
    Buffer.alloc(poolBytes + 65_536),
  );
  mkdirSync(root, { recursive: true });
  let bytes = 0;
  let seed = 1;
  for (let number = 0; number < files; number += 1) {
    seed = (seed * 48_271) % 2_147_483_647;
    const size = Math.round(1024 + 64_512 * (seed / 2_147_483_647) ** 2.4);
    const below = Math.floor(number / filesInDirectory);
    const directory = join(root, `folder${below % 20}`, `${below}`);
    mkdirSync(directory, { recursive: true });
    const path = join(directory, `page-${number}.html`);
    const start = (number * 4099) % poolBytes;
    writeFileSync(path, pool.subarray(start, start + size), { mode: 0o644 });
    utimesSync(path, 1_400_000_000 + number, 1_400_000_000 + number);
    bytes += size;
  }
  for (let number = 0; number < large; number += 1) {
    const path = join(root, `large-${number}.bin`);
    const file = openSync(path, 'w', 0o644);
    for (let megabyte = 0; megabyte < largeMegabytes; megabyte += 1) {
      const start = (megabyte * 7919 + number * 4099) % (poolBytes - 1_000_000);
      writeSync(file, pool, start, 1_000_000);
    }
    closeSync(file);
    utimesSync(path, 1_500_000_000, 1_500_000_000);
    bytes += largeMegabytes * 1_000_000;
  }
  return bytes;
}
