import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Seconds since 1970: 2019-05-01 in Japan. */
const made = 1_556_636_400;
const folders = 12;
const filesInEach = 25;
const largeBytes = 20 * 1024 * 1024;

/**
 * Some three hundred files, one of 20 MB among them, with names, modes, times, empty files and links as sites have them.
 * `planted` stands in several, so that every copy can be found. Returns how many objects there are.
 */
export function buildSiteToMove(root: string, planted: string): number {
  mkdirSync(root, { mode: 0o755 });
  const directories = [root];
  let objects = 0;
  const file = (path: string, content: string | Uint8Array, mode: number, at: number) => {
    writeFileSync(join(root, path), content);
    chmodSync(join(root, path), mode);
    utimesSync(join(root, path), at, at);
    objects += 1;
  };
  for (let folder = 0; folder < folders; folder += 1) {
    const name = folder % 3 === 0 ? `画像 ${folder}` : `part-${folder}`;
    mkdirSync(join(root, name));
    chmodSync(join(root, name), folder % 4 === 0 ? 0o750 : 0o755);
    directories.push(join(root, name));
    objects += 1;
    for (let number = 0; number < filesInEach; number += 1) {
      const content = noise(`${folder}.${number}`, (folder * number * 211) % 30_000);
      const mode = [0o644, 0o600, 0o755, 0o444][number % 4]!;
      file(`${name}/ファイル-${number}.php`, content, mode, made + folder * 1000 + number);
    }
  }
  file('index.html', `<p>${planted}</p>\n`, 0o644, made + 1);
  file('空.txt', '', 0o644, made + 2);
  file('movie.mp4', Buffer.concat([Buffer.from(planted), noise('movie', largeBytes)]), 0o640, made + 3);
  symlinkSync('index.html', join(root, 'home.html'));
  objects += 1;
  for (const [number, directory] of directories.entries()) utimesSync(directory, made, made - number);
  return objects;
}

/** Bytes that look like nothing, the same for the same seed. */
function noise(seed: string, length: number): Buffer {
  const parts: Buffer[] = [];
  for (let bytes = 0, part = 0; bytes < length; part += 1) {
    const block = createHash('sha512').update(`${seed}/${part}`).digest();
    parts.push(block);
    bytes += block.length;
  }
  return Buffer.concat(parts).subarray(0, length);
}
