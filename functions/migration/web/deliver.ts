import { TerminalError } from '../../case/errors.ts';
import { ignoringProblem, ObjectProblem } from '../object-problem.ts';
import { parentOf } from '../position.ts';
import type { Job } from './job.ts';
import { leadsToSame } from './links.ts';
import type { TargetDirectories } from './target-directories.ts';
import { takesFiles } from './temporary-names.ts';

/** An object stands at its place, or why it does not; whether something else had to go for it, or was left there. */
export interface Delivered {
  why?: string;
  replaced?: true;
  kept?: true;
}

/** Made where it belongs: a link is whole at once, and some servers rename what a link leads to, not the link. */
export async function deliverLink(
  job: Job,
  directories: TargetDirectories,
  path: Buffer,
  target: Buffer,
): Promise<Delivered> {
  const why = await directories.ensure(parentOf(path));
  if (why !== undefined) return { why };
  let problem = await problemOf(job.target.makeLink(path, target));
  if (!problem) return {};
  const standing = await ignoringProblem(job.target.inspect(path));
  if (standing?.kind === 'directory') return { why: directoryInTheWay };
  if (standing) {
    const present = await ignoringProblem(job.target.readLink(path));
    if (present && leadsToSame(path, present, target, job.target.rootNames)) return {};
    await ignoringProblem(job.target.remove(path));
    problem = await problemOf(job.target.makeLink(path, target));
    if (!problem) return { replaced: true };
  }
  if (problem.reason === 'unsupported') {
    return {
      why: '移行先の接続方法(FTP)ではリンクを作成できません。必要なリンクは移行先で作り直してください',
    };
  }
  const denied = problem.reason === 'denied';
  return { why: denied ? '移行先で書き込みが許可されていません' : '移行先でリンクを作成できません' };
}

/** Returns why the file could not be put there, or undefined when it stands at its place. Throws as whyUnwritable. */
export async function putInPlace(job: Job, temporary: Buffer, path: Buffer): Promise<string | undefined> {
  const problem = await problemOf(job.target.rename(temporary, path));
  if (!problem) return undefined;
  const left = await problemOf(job.target.remove(temporary));
  const standing = await ignoringProblem(job.target.inspect(path));
  if (standing?.kind === 'directory') return directoryInTheWay;
  if (problem.reason === 'full') return whyUnwritable(job, problem);
  if (problem.reason === 'denied') return '移行先で、この名前のファイルを置くことが許可されていません';
  if (left?.reason === 'missing') return '書き込んだファイルが、名前を付ける前に移行先でなくなりました';
  return standing ? '移行先にある同じ名前のファイルを置き換えられません' : 'この名前は移行先で使えません';
}

/** Why one object is left out; a target that takes nothing at all ends the run. Throws what is not an ObjectProblem. */
export async function whyUnwritable(job: Job, error: unknown): Promise<string> {
  if (!(error instanceof ObjectProblem)) throw error;
  if (error.reason === 'denied') return '移行先で書き込みが許可されていません';
  if (error.reason === 'missing') return '移行先でフォルダがなくなりました';
  if (error.reason !== 'full' && (await takesFiles(job))) {
    return '移行先で書き込みに失敗しました(ほかのファイルは書き込めます)。もう一度移行すると、再び試みます';
  }
  throw new TerminalError(
    '移行先に書き込めません(容量または割当の不足が考えられます)。書き込み済みの分は保持しています。' +
      '移行先の空き容量を確保してから再開してください。',
  );
}

const directoryInTheWay = '移行先の同じ場所にフォルダがあります(削除しません)';

async function problemOf(work: Promise<void>): Promise<ObjectProblem | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof ObjectProblem) return error;
    throw error;
  }
}
