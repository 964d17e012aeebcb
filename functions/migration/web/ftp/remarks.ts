import type { Traits } from './traits.ts';

/** Neither MLSD nor LIST says which names are one file; LIST's owners are names, and nothing in FTP sets one. */
export const untoldByFtp =
  'FTPでは、移行元のハードリンクと所有者が分かりません。ハードリンクされたファイルはそれぞれ独立したファイルになり、所有者は移行先にログインしたユーザーになります。';

/** What staff should know of a server, and what the comparison after the run will show as altered. */
export function remarksOn(traits: Traits, encrypted: boolean): string[] {
  return [
    'FTPではシンボリックリンクを作成できません。移行先がFTPの場合、リンクは移行されません。',
    ...(encrypted
      ? []
      : [
          '暗号化されていないFTPで接続しました。パスワードとデータは通信の途中で読み取られるおそれがあります。',
        ]),
    ...(traits.setTime === undefined
      ? ['サーバーがファイルの更新日時の設定に対応していません。転送した日時になります。']
      : []),
    ...(traits.setMode ? [] : ['サーバーが権限(パーミッション)の設定に対応していません。']),
    ...(traits.mlst && !traits.modes ? ['サーバーが権限(パーミッション)を示しません。'] : []),
    ...(traits.append ? [] : ['サーバーがファイルの途中からの書き込みに対応していません。']),
    ...(traits.restart === false
      ? [
          'サーバーがファイルの途中からの読み取りに対応していません。中断した大きなファイルは先頭から読み直します。',
        ]
      : []),
    ...(traits.mlst || traits.zoneKnown
      ? []
      : ['フォルダの更新日時は、サーバーの時計が日本時間であるものとして読み取りました。']),
  ];
}
