import { posix } from 'node:path';
import type { ObjectLine } from '../../functions/migration/object-line.ts';
import type { Standing } from './read-site.ts';

/**
 * Source, target and ledger against each other. Every object of the source has one line; every difference of the target
 * is stated by its line, and nothing is stated that is not so. Sentences; none is the aim.
 */
export function differencesOf(
  source: Map<string, Standing>,
  target: Map<string, Standing>,
  ledger: readonly ObjectLine[],
  sourceRoot: string,
): string[] {
  const found: string[] = [];
  const lines = new Map(ledger.map((line) => [line.path ?? '', line]));
  if (ledger.length !== source.size || lines.size !== source.size) {
    found.push(`台帳は${ledger.length}行、移行元は${source.size}件です`);
  }
  for (const path of target.keys()) if (!source.has(path)) found.push(`${path}: 移行先にだけあります`);
  for (const path of lines.keys()) if (!source.has(path)) found.push(`${path}: 台帳にだけあります`);
  for (const [path, at] of source) {
    const line = lines.get(path);
    const problem = line ? problemWith(path, at, target.get(path), line, sourceRoot) : '台帳に行がありません';
    if (problem) found.push(`${path}: ${problem}`);
  }
  return found;
}

function problemWith(
  path: string,
  at: Standing,
  there: Standing | undefined,
  line: ObjectLine,
  sourceRoot: string,
): string | undefined {
  if (line.outcome === 'skipped') {
    if (there) return '台帳では対象外ですが、移行先にあります';
    if (!line.why) return '対象外の理由が台帳にありません';
    if (at.kind === 'symlink' && !leadsOut(path, at.link ?? '', sourceRoot))
      return `外に出ないリンクが対象外です（${line.why}）`;
    return at.kind === 'symlink' ? undefined : `対象外になりました（${line.why}）`;
  }
  if (!there) return '移行先にありません';
  if (there.kind !== at.kind) return `種類が異なります（${at.kind}、${there.kind}）`;
  // Never excused, whatever the ledger says.
  if (there.sha256 !== at.sha256) return '内容が異なります';
  if (at.sha256 !== undefined && line.sha256 !== at.sha256) return '台帳のSHA-256が内容と異なります';
  if (there.mtime !== at.mtime) return `更新日時が異なります（${at.mtime}、${there.mtime}）`;
  if (there.mode !== at.mode) return `権限が異なります（${at.mode}、${there.mode}）`;
  if (there.link === at.link)
    return line.outcome === 'moved' ? undefined : `台帳の結果は ${line.outcome} です`;
  // A link that names the source's own folder cannot stay as it is: it must lead to the same place, and be stated.
  const same = leadsTo(path, there.link ?? '', '') === leadsTo(path, at.link ?? '', sourceRoot);
  return same && line.outcome === 'altered' && line.how ? undefined : 'リンク先が異なります';
}

/** Where a link leads, relative to the root; it begins with `..` when that is outside. */
function leadsTo(path: string, link: string, root: string): string {
  if (link.startsWith('/')) return posix.relative(root || '/', link);
  return posix.normalize(posix.join(posix.dirname(path), link));
}

function leadsOut(path: string, link: string, root: string): boolean {
  return leadsTo(path, link, root).startsWith('..');
}
