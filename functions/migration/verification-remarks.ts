import type { VerifyState } from './verification.ts';

type Counted = 'onlyInSource' | 'changedAtSource' | 'notFixed' | 'replaced' | 'onlyInTarget';

const sayings: readonly (readonly [Counted, (count: number) => string])[] = [
  [
    'onlyInSource',
    (count) =>
      `棚卸しの時にはなかったものが、移行元に${count}件あります（一覧は照合結果にあります）。今回は移行していません。もう一度実行すると移行されます。`,
  ],
  [
    'changedAtSource',
    (count) =>
      `コピーした後に移行元で変更または削除されたものが${count}件あります（一覧は照合結果にあります）。移行先には、コピーした時の内容があります。変更されたものは、もう一度実行すると移行されます。`,
  ],
  [
    'notFixed',
    (count) =>
      `承認された修正のうち、${count}件のファイルには適用していません（理由は照合結果にあります）。修正箇所を調べ直し、差分を承認し直してから、もう一度移行してください。`,
  ],
  [
    'replaced',
    (count) =>
      `移行先にすでにあったファイルなど${count}件を、移行元のもので置き換えました（一覧は照合結果にあります）。必要なものが含まれていた場合は、移行先の控えから戻してください。`,
  ],
  [
    'onlyInTarget',
    (count) =>
      `移行元にはないものが、移行先に${count}件あります（一覧は照合結果にあります）。移行の前からあったものや、前回の移行の後に移行元で削除されたものです。消していませんので、不要なものは移行先で削除してください。`,
  ],
];

/** What people must know of a verification that its counts alone do not say. */
export function remarksOf(state: VerifyState): string[] {
  return sayings.flatMap(([counted, say]) => {
    const count = state[counted];
    return count ? [say(count)] : [];
  });
}
