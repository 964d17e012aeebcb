import { type DatabaseLine, linePath } from '../line.ts';

/** A statement of a dump that is not run and without which the rest can go on. */
export interface LeftOut {
  /** Its first words: one line of the ledger for all of them. */
  words: string;
  todo: keyof typeof todos;
  /** For people: without any literal, which might be a password. */
  shown: string;
}

const todos = {
  rights:
    'ダンプに書かれたユーザーと権限は、移行先に設定しません。必要なものは移行先の管理者が設定し直してください',
  owner:
    '移行先では移行先のユーザーがすべてを所有します。所有者を分けていた場合だけ、移行先の管理者に依頼してください',
  settings:
    'サーバーとデータベースの設定は、移行先のものを使います。サイトに必要な設定は移行先の管理者に依頼してください',
  beyond: 'データベース1つの外に及ぶため、移行先に作りません。必要なら移行先の管理者が作成してください',
  description: '移行先のユーザーのものではないものの説明文です。対応は不要です',
};

const mostExamples = 3;
const longestExample = 120;

/** Counts what is left out, by first words: the ledger has a line for each, whatever the dump repeats. */
export class LeftOutTally {
  readonly #lines = new Map<string, LeftOut & { count: number; examples: Set<string> }>();

  add(one: LeftOut): void {
    const line = this.#lines.get(one.words) ?? { ...one, count: 0, examples: new Set<string>() };
    this.#lines.set(one.words, line);
    line.count += 1;
    const example = one.shown.replaceAll(/\s+/g, ' ').trim();
    const short = example.length > longestExample ? `${example.slice(0, longestExample)}…` : example;
    if (line.examples.size < mostExamples) line.examples.add(short);
  }

  lines(): DatabaseLine[] {
    return [...this.#lines.values()].map(({ words, todo, count, examples }) => ({
      ...linePath('left out', words),
      kind: 'left out',
      name: words,
      size: 0,
      outcome: 'skipped',
      why: `ダンプの ${words} の文${count}件は実行していません。${todos[todo]}。例: ${[...examples].join(' / ')}`,
    }));
  }
}
