import type { Case } from '../../case/case.ts';
import { cybozuInstallationNotice } from '../../case/eligibility.ts';
import { TerminalError } from '../../case/errors.ts';
import { ObjectProblem } from '../object-problem.ts';
import type { FileTree } from '../web/file-tree.ts';
import type { CybozuJob } from './job.ts';
import { fromRoot } from './layout.ts';
import { lookAt } from './look.ts';

/** R8: only a Managed Server has Cybozu. Throws TerminalError. */
export function checkServerKind({ customer }: Case): void {
  // A customer whose platform is being migrated comes here by way of a consultation (R11); the engineer has said where to.
  if (customer.serverKind === 'managed' || customer.platformMigration) return;
  throw new TerminalError(
    'スマイルサーバではサイボウズをご利用いただけないため、移行しません。何も変更していません。お客さまのご契約をご確認ください。',
  );
}

/** The directory that was confided is a data directory of this product. Throws TerminalError. */
export async function checkSource({ sourceServer, layout }: CybozuJob): Promise<void> {
  const [first] = layout.databases;
  const directory = fromRoot(layout, first!.directory);
  if (await holdsAny(sourceServer, directory, first!.suffixes)) return;
  throw new TerminalError(
    `移行元の指定のフォルダに、${layout.product}のデータ（${directory} の ${first!.suffixes.join('、')} ファイル）がありません。何も変更していません。「${layout.base}」というフォルダが入っている${layout.root}を、お客さまにご確認ください。`,
  );
}

/** R10: the installation is a separate application; this service does not do it. Throws TerminalError. */
export async function checkInstalled(
  { targetServer, layout }: CybozuJob,
  asides: readonly string[],
): Promise<void> {
  for (const path of [fromRoot(layout, layout.moved[0]!), ...asides]) {
    if ((await lookAt(targetServer, path, true))?.kind === 'directory') return;
  }
  throw new TerminalError(
    `移行先の指定のフォルダに、${layout.product}がインストールされていません（${fromRoot(layout, layout.moved[0]!)} がありません）。何も変更していません。${cybozuInstallationNotice}インストールが済んでいる場合は、移行先の${layout.root}の指定をご確認ください。`,
  );
}

async function holdsAny(server: FileTree, directory: string, suffixes: readonly string[]): Promise<boolean> {
  try {
    for await (const batch of server.list(Buffer.from(directory))) {
      const names = batch.map(({ name }) => name.toString('latin1'));
      if (names.some((name) => suffixes.some((suffix) => name.endsWith(suffix)))) return true;
    }
    return false;
  } catch (error) {
    if (error instanceof ObjectProblem) return false;
    throw error;
  }
}
