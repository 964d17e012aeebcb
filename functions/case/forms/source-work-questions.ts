import { decimal } from '../fields/numbers.ts';
import type { Settings } from '../settings.ts';
import { ask, choice, mayTick, optional, wholeNumber } from './question.ts';

const fileNames = {
  detect: '自動で判定する（おすすめ）',
  cp932: 'Shift_JIS（CP932）として UTF-8 に変換する',
  'euc-jp': 'EUC-JP として UTF-8 に変換する',
  keep: '変換しない（UTF-8 の場合、または元のまま移行する場合）',
};

const verification = {
  changes: '移行したものを、移行元と移行先の両方で読み直して照合する（おすすめ）',
  full: '変わっていないものも含め、すべてを両方で読み直して照合する',
  sparing: '移行元の負荷を抑え、移行先だけを読み直して照合する',
};

/** How the source of a web migration is handled: asked of the engineer, who has surveyed it. */
export function sourceWorkQuestions({ servers }: Settings) {
  const { connections, megabytesPerSecond } = servers;
  return {
    sourceConnections: optional(
      wholeNumber('移行元への同時接続の上限', '本', 1, 16, {
        help: `古いサーバや、接続数に制限のあるサーバでは減らしてください。空欄の場合は${connections}本です。`,
      }),
    ),
    sourceMegabytesPerSecond: optional(
      ask('text', '移行元から読み取る速度の上限', decimal(0.1, 10_000), {
        help: `サイトの表示が遅くなるおそれがある場合に指定してください。例：0.5、5。空欄の場合は${megabytesPerSecond === undefined ? '制限しません。' : `毎秒${megabytesPerSecond}MB です。`}`,
        unit: 'MB/秒',
        maxLength: 10,
      }),
    ),
    fileNames: optional(
      choice('移行元のファイル名の文字コード', fileNames, {
        help: '最初の移行で決まります。移行の後で変えると、名前の変わるファイルをもう一度移行します。',
      }),
    ),
    planFirst: mayTick('コピーを始める前に、移行する内容（件数と容量）を確認する', {
      help: '移行元の一覧を作ったところで止まります。内容を確認して再開すると、コピーを始めます。',
    }),
    verification: optional(
      choice('照合の方法', verification, {
        help: 'サーバがハッシュ値を計算できるときは、内容を転送せずに照合します。できないときは内容をもう一度読むので、移行元の負荷は移行とあわせておよそ2倍になります。負荷を抑える場合も、移行元のサーバがハッシュ値を計算できるときは移行元を照合します。',
      }),
    ),
  };
}
