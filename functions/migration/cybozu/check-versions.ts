import type { CybozuFacts } from '../../case/cybozu-access.ts';
import { cybozuEditions } from '../../case/cybozu-access.ts';
import { TerminalError } from '../../case/errors.ts';
import { ObjectProblem } from '../object-problem.ts';
import type { FileTree } from '../web/file-tree.ts';
import type { CybozuJob } from './job.ts';
import type { Layout } from './layout.ts';
import { beginningOf } from './look.ts';

/** Bytes of a readme in which a version may stand. */
const looked = 65_536;

export interface VersionsFound {
  source?: string;
  target?: string;
}

/**
 * Version and course must be the same at both ends: the product's data is placed as it is. What the engineer read on the
 * product's pages is held against what the installations say of themselves, where they do. Throws TerminalError.
 */
export async function checkVersions(job: CybozuJob): Promise<VersionsFound> {
  checkSaid(job);
  const found = {
    source: await versionAt(job.sourceServer, job.layout),
    target: await versionAt(job.targetServer, job.layout),
  };
  checkFound('移行元', job.facts.cybozuSourceVersion, found.source);
  checkFound('移行先', job.facts.cybozuTargetVersion, found.target);
  return {
    ...(found.source !== undefined && { source: found.source }),
    ...(found.target !== undefined && { target: found.target }),
  };
}

function checkSaid({ facts, layout }: CybozuJob): void {
  const { cybozuSourceVersion: source, cybozuTargetVersion: target } = facts;
  if (source !== target) {
    throw new TerminalError(
      `サイボウズの版が移行元（${source}）と移行先（${target}）で異なるため、移行しません。${unchanged}移行元と同じ版を移行先に用意し、移行内容を直してから再開してください。`,
    );
  }
  checkCourses(facts, layout);
}

function checkCourses(facts: CybozuFacts, { courses, product }: Layout): void {
  const { cybozuSourceEdition: source, cybozuTargetEdition: target } = facts;
  if (source !== target) {
    throw new TerminalError(
      `サイボウズのコースが移行元（${cybozuEditions[source]}）と移行先（${cybozuEditions[target]}）で異なるため、移行しません。${unchanged}ライセンスはデータと一緒に移るため、同じコースでなければ使えません。移行先のご契約をご確認ください。`,
    );
  }
  if (courses !== (source !== 'none')) {
    throw new TerminalError(
      `${product}には${courses ? 'コースがあります' : 'コースはありません'}。${unchanged}移行内容のコースを直してから再開してください。`,
    );
  }
}

function checkFound(end: string, said: string, found: string | undefined): void {
  if (found === undefined || found === said) return;
  throw new TerminalError(
    `${end}のサイボウズの版が、登録（${said}）とサーバ上のファイル（${found}）で異なります。${unchanged}製品の画面で版を確認し、移行内容を直してから再開してください。`,
  );
}

async function versionAt(server: FileTree, { version }: Layout): Promise<string | undefined> {
  for (const file of version.files) {
    const content = await readable(server, file);
    // Whatever the encoding: the words that count are ASCII.
    const match = content && new RegExp(version.pattern).exec(content.toString('latin1'));
    if (match?.[1]) return match[1];
  }
  return undefined;
}

async function readable(server: FileTree, file: string): Promise<Buffer | undefined> {
  try {
    return await beginningOf(server, file, looked);
  } catch (error) {
    if (error instanceof ObjectProblem) return undefined;
    throw error;
  }
}

const unchanged = '何も変更していません。';
