import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { generateTree } from './generated-tree.ts';
import { addOwnFiles } from './own-files.ts';

/** Where Debian's package puts it. */
const debianWordPress = '/usr/share/wordpress';

/**
 * Builds the customer's site in `folder`, which is empty. Returns in words which tree it is: Debian's WordPress
 * where it is installed, links that lead out of it included, else (or when `generated`) one that is made up.
 */
export function buildSite(folder: string, planted: string, generated: boolean): string {
  const real = !generated && existsSync(`${debianWordPress}/index.php`);
  // cp keeps modes, links, and the times of directories too.
  if (real) execFileSync('cp', ['-a', `${debianWordPress}/.`, folder]);
  else generateTree(folder);
  addOwnFiles(folder, planted);
  if (real)
    return `本物のWordPress（Debianの wordpress パッケージ、${debianWordPress} の複製）とお客さまのファイル`;
  const why = generated ? 'ご指定のとおり' : 'Debianの wordpress パッケージがないため';
  return `生成したサイト（${why}、WordPressは使いません）とお客さまのファイル`;
}
