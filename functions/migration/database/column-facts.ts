/** What one server says of one column over a part of a table's rows, in canonical values; the same text means the same. */
export interface ColumnFacts {
  column: string;
  /** Values that are not NULL. */
  present: string;
  /** Of text, in characters, whatever the column's character set is; '' for what is no text. */
  characters: string;
  /** Hashes of the least and the greatest value: the values themselves are the customer's. */
  least: string;
  greatest: string;
  /** Order-free hash of all values; '' where it was not asked for. */
  sum: string;
}

/** Of a set of rows, whatever their order. Rows that occur twice count twice. */
export interface Checksum {
  rows: string;
  /** Sum over 64 bits of each row's MD5, decimal: equal sums of unequal rows are no accident that one meets. */
  sum: string;
}

export interface Looked extends Checksum {
  columns: readonly ColumnFacts[];
}

export function equalChecksums(a: Checksum, b: Checksum): boolean {
  return a.rows === b.rows && a.sum === b.sum;
}

/** As the engines' statements write them: `present,characters,least,greatest,sum`. */
export function readFacts(column: string, text: unknown): ColumnFacts {
  const [present = '', characters = '', least = '', greatest = '', sum = ''] = String(text).split(',');
  return { column, present, characters, least, greatest, sum };
}

export function equalLooks(a: Looked, b: Looked): boolean {
  return equalChecksums(a, b) && differingColumns(a, b).length === 0;
}

/** `t(文字数 移行元3・移行先2、最大値)`, a word each; numbers only where they are no value of the customer's. */
export function differingColumns(source: Looked, target: Looked): string[] {
  return source.columns.flatMap((here, index) => {
    const there = target.columns[index];
    const facts = there ? differences(source, here, target, there) : ['列がありません'];
    return facts.length > 0 ? [`${here.column}(${facts.join('、')})`] : [];
  });
}

function differences(source: Looked, here: ColumnFacts, target: Looked, there: ColumnFacts): string[] {
  const numbers = (word: string, one: number, other: number) =>
    one === other ? [] : [`${word} 移行元${one}・移行先${other}`];
  const nulls = (looked: Looked, facts: ColumnFacts) => Number(looked.rows) - Number(facts.present);
  const found = [
    ...numbers('NULL', nulls(source, here), nulls(target, there)),
    ...numbers('文字数', Number(here.characters), Number(there.characters)),
    ...(here.least === there.least ? [] : ['最小値']),
    ...(here.greatest === there.greatest ? [] : ['最大値']),
  ];
  return found.length > 0 || here.sum === there.sum ? found : ['内容'];
}
