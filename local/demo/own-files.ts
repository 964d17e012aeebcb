import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Seconds since 1970: 2023-11-14. */
const uploaded = 1_700_000_000;
const filmBytes = 12 * 1024 * 1024;

/** What a shop has on its site besides the program: settings, pictures with Japanese names, a film that moves in parts. */
export function addOwnFiles(root: string, planted: string): void {
  const uploads = join(root, 'wp-content', 'uploads', '2023', '11');
  mkdirSync(uploads, { recursive: true });
  const put = (path: string, content: string | Buffer, mode: number) => {
    rmSync(path, { force: true });
    writeFileSync(path, content, { mode });
    utimesSync(path, uploaded, uploaded);
  };
  put(join(root, 'wp-config.php'), `<?php\ndefine('DB_PASSWORD', '${planted}');\n`, 0o640);
  put(join(uploads, '髙﨑商店の店先.jpg'), randomBytes(300_000), 0o644);
  put(join(uploads, 'お知らせ（年末年始）.txt'), `${planted}\n`, 0o644);
  put(join(uploads, 'empty.txt'), '', 0o644);
  put(
    join(uploads, '会社案内.mp4'),
    Buffer.concat([randomBytes(filmBytes / 2), Buffer.from(planted), randomBytes(filmBytes / 2)]),
    0o644,
  );
  symlinkSync('会社案内.mp4', join(uploads, 'latest.mp4'));
  for (const directory of [uploads, join(uploads, '..'), join(uploads, '../..')])
    utimesSync(directory, uploaded, uploaded);
}
