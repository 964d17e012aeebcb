import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folders = 24;
const filesInEach = 25;
/** Seconds since 1970: 2021-01-01. */
const made = 1_609_459_200;

/** A site of some 600 files in the shape of WordPress, the same each time; three links that a migration must judge. */
export function generateTree(root: string): void {
  writeFileSync(join(root, 'index.php'), "<?php\nrequire __DIR__ . '/wp-blog-header.php';\n");
  const directories: string[] = [];
  for (let number = 0; number < folders; number += 1) {
    const directory = join(root, number % 2 === 0 ? 'wp-includes' : 'wp-content/plugins', `part-${number}`);
    mkdirSync(directory, { recursive: true, mode: number % 5 === 0 ? 0o750 : 0o755 });
    directories.push(directory);
    for (let file = 0; file < filesInEach; file += 1) {
      const path = join(directory, `file-${file}.php`);
      const content = `<?php // ${number}.${file}\n`.repeat((number * file * 7) % 900);
      writeFileSync(path, content, { mode: file % 7 === 0 ? 0o600 : 0o644 });
      utimesSync(path, made, made + number * 1000 + file);
    }
  }
  symlinkSync('index.php', join(root, 'home.php'));
  symlinkSync(join(root, 'wp-includes/part-0/file-1.php'), join(root, 'wp-content/absolute.php'));
  symlinkSync('../../../../etc/hostname', join(root, 'wp-content/plugins/outside.txt'));
  for (const [number, directory] of directories.entries()) utimesSync(directory, made, made - number);
}
