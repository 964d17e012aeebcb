import type { VersionsFound } from './check-versions.ts';
import type { Attachments } from './count-files.ts';
import { ownerText } from './find-owner.ts';
import type { CybozuJob } from './job.ts';
import type { Maintenance, Prepared } from './records.ts';

/** What people should know of a move besides its counts. */
export function remarksOn(
  { facts, layout, samePath }: CybozuJob,
  versions: VersionsFound,
  attachments: Attachments,
  prepared: Prepared,
  maintenance: Maintenance,
): string[] {
  return [
    versionRemark(facts.cybozuSourceVersion, versions),
    licenceRemark,
    attachmentsRemark(layout.attachments, attachments),
    ownerRemark(prepared),
    ...(samePath
      ? []
      : [
          'フォルダの場所が移行元と移行先で異なります。メールワイズなどほかの製品とユーザー情報を連携している場合は、連携を設定し直してください。',
        ]),
    ...(prepared.kept.length > 0
      ? [
          `移行先にもともとあったデータは消さずに、${prepared.kept.map(({ as }) => as).join('、')} に残しました。動作の確認が済んだら削除できます。`,
        ]
      : []),
    ...(maintenance.ours
      ? []
      : [
          `移行元には、作業の前からメンテナンスの印（${maintenance.flag}）がありました。当方のものではないため、そのまま残しています。必要に応じて解除してください。`,
        ]),
  ];
}

function versionRemark(said: string, { source, target }: VersionsFound): string {
  const read = [source && '移行元', target && '移行先'].filter((end) => end !== undefined);
  const how =
    read.length > 0
      ? `${read.join('と')}のファイルからも確認`
      : 'サーバ上のファイルからは読み取れず、登録された版による';
  return `サイボウズの版は、移行元・移行先とも ${said} です（${how}）。`;
}

/** As the vendor says of moves between servers. */
const licenceRemark =
  'ライセンスの情報はデータに含まれるため、一緒に移っています。移行先の画面で、ライセンスの表示（コース、利用者数、期限）をご確認ください。切り替えの後は、移行元を使わないでください。';

function attachmentsRemark(
  directories: readonly string[],
  { source, target, skipped, extra }: Attachments,
): string {
  const but = [
    ...(skipped > 0 ? [`移行の対象外 ${skipped}件`] : []),
    ...(extra > 0 ? [`移行先だけにあるもの ${extra}件（消していません）`] : []),
  ];
  return `添付ファイル（${directories.join('、')} フォルダ）の件数は、移行元 ${source}件、移行先 ${target}件です${but.length > 0 ? `（${but.join('、')}を含めて一致）` : '（一致）'}。`;
}

function ownerRemark({ owner, give }: Prepared): string {
  if (!owner) return '移行先のファイルの所有者は、サーバから読み取れないため確認していません。';
  return `移行先のファイルの所有者は、すべて ${ownerText(owner)} です${give ? '（変更してそろえました）' : ''}。`;
}
