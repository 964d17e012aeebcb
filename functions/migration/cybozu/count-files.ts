import { TerminalError } from '../../case/errors.ts';
import { timeIsShort } from '../job.ts';
import * as keys from '../keys.ts';
import { readJson, readLines, readLinesIfAny, writeJson } from '../ndjson.ts';
import { type ObjectLine, pathOf } from '../object-line.ts';
import type { ReportLine } from '../verification.ts';
import type { FileTree, Owner } from '../web/file-tree.ts';
import { walk } from '../web/walk.ts';
import { isSame } from './find-owner.ts';
import type { CybozuJob } from './job.ts';
import { countsKey } from './records.ts';

interface Tally {
  files: number;
  /** Position (base64) behind which the walk goes on. */
  after?: string;
  done: boolean;
}

interface Counts {
  source: Tally;
  target: Tally;
}

/** Attachments, in files. `skipped` are in the ledger with the reason, `extra` were at the target only. */
export interface Attachments {
  source: number;
  target: number;
  skipped: number;
  extra: number;
}

/**
 * Counts the attachments at both ends once more, by themselves, and holds the counts against the ledger; what has another
 * owner at the target is given to the right one on the way. Undefined when time ran short: calling again goes on. Throws
 * TerminalError when the counts cannot be explained.
 */
export async function countAttachments(job: CybozuJob, owner?: Owner): Promise<Attachments | undefined> {
  const key = countsKey(job);
  const fresh = (): Tally => ({ files: 0, done: false });
  const counts = (await readJson<Counts>(job.objects, key)) ?? { source: fresh(), target: fresh() };
  await count(job, job.source, counts.source);
  if (counts.source.done) await count(job, job.target, counts.target, owner);
  if (!counts.target.done) {
    await writeJson(job.objects, key, counts);
    return undefined;
  }
  const { skipped, extra } = await explained(job);
  await job.objects.deleteAll(key);
  const found = { source: counts.source.files, target: counts.target.files, skipped, extra };
  if (found.source - skipped + extra !== found.target) throw unexplained(found);
  return found;
}

/** With an owner all of the tree is looked through, else the attachments alone. */
async function count(job: CybozuJob, tree: FileTree, tally: Tally, owner?: Owner): Promise<void> {
  if (tally.done) return;
  const after = tally.after === undefined ? {} : { after: Buffer.from(tally.after, 'base64') };
  const mayDescend = (directory: Buffer) => owner !== undefined || leadsToAttachments(job, directory);
  let seen = 0;
  for await (const { path, attributes, refused } of walk(tree, { ...after, mayDescend })) {
    if (attributes.kind === 'file' && isAttachment(job, path)) tally.files += 1;
    const wrong = owner && attributes.owner && !isSame(attributes.owner, owner);
    // SFTP sets what a link leads to, not the link: a link's owner means nothing.
    if (wrong && refused === undefined && (attributes.kind === 'file' || attributes.kind === 'directory')) {
      const { mode, mtime } = attributes;
      await tree.setAttributes(path, { mode, mtime, owner });
    }
    tally.after = path.toString('base64');
    seen += 1;
    if (seen % 500 === 0 && timeIsShort(job)) return;
  }
  tally.done = true;
}

async function explained(job: CybozuJob): Promise<{ skipped: number; extra: number }> {
  let [skipped, extra] = [0, 0];
  const counts = (line: Pick<ObjectLine, 'kind' | 'path' | 'pathBase64'>) =>
    line.kind === 'file' && isAttachment(job, pathOf(line));
  for await (const line of readLines<ObjectLine>(job.objects, keys.ledger(job))) {
    if (line.outcome === 'skipped' && counts(line)) skipped += 1;
  }
  for await (const line of readLinesIfAny<ReportLine>(job.objects, keys.report(job))) {
    if (line.result === 'only-in-target' && counts(line)) extra += 1;
  }
  return { skipped, extra };
}

function isAttachment({ layout }: CybozuJob, path: Buffer): boolean {
  return layout.attachments.some((directory) => path.toString('latin1').startsWith(`${directory}/`));
}

function leadsToAttachments({ layout }: CybozuJob, path: Buffer): boolean {
  const text = `${path.toString('latin1')}/`;
  return layout.attachments.some((one) => text.startsWith(`${one}/`) || one.startsWith(text));
}

function unexplained({ source, target, skipped, extra }: Attachments): TerminalError {
  return new TerminalError(
    `添付ファイルの件数が合いません（移行元${source}件、移行先${target}件、対象外${skipped}件、移行先だけにあるもの${extra}件）。移行済みの分は保持しています。移行元・移行先とも製品が停止しているかをご確認のうえ、再開してください。`,
  );
}
