import { CsvError, type CsvRow, parseCsv } from '../csv.ts';
import { InvalidInputError } from '../errors.ts';
import { isAddress, listedAddresses } from '../fields/mail.ts';
import type { MailAccount, MailAccountPart, MailSetting, SourceMailAccess } from '../mail-access.ts';
import { cellName, whyNotText } from '../sheet-cell.ts';

/** Columns of a customer's list, by the headings of its first row. */
const columns = {
  kind: ['種別', '種類'],
  user: ['移行元アカウント', 'アカウント', 'メールアドレス', 'ユーザー名'],
  password: ['移行元パスワード', 'パスワード'],
  targetUser: ['移行先アカウント', '移行先メールアドレス'],
  targetPassword: ['移行先パスワード'],
  to: ['転送先', '宛先', 'メンバー'],
} as const;
type Column = keyof typeof columns;

const kinds: Record<string, MailSetting['kind'] | 'mailbox'> = {
  '': 'mailbox',
  メールボックス: 'mailbox',
  アカウント: 'mailbox',
  別名: 'alias',
  エイリアス: 'alias',
  転送: 'forward',
  メーリングリスト: 'list',
};

const limits = { rows: 10_001, columns: 50, cell: 10_000 };

/**
 * The customer's list of accounts: a CSV, which workbooks are turned into, or rows copied from a spreadsheet (tabs between
 * cells); first row: headings, unless it is addresses alone. Passwords may be left out unless they are to be in the list. Throws InvalidInputError with
 * a Japanese sentence for each cell that is wrong, keyed by `行.列` and named as spreadsheets do (B7); no sentence holds a
 * password.
 */
export function readAccounts(
  text: string,
  { passwords }: { passwords: SourceMailAccess['passwords'] },
): MailAccountPart {
  const rows = headed(rowsOf(text.replace(/^\ufeff/, '')));
  const errors: Record<string, string> = {};
  const places = headings(rows[0], errors);
  const accounts: MailAccount[] = [];
  const settings: MailSetting[] = [];
  const seen = { source: new Map<string, number>(), target: new Map<string, number>() };
  for (const { row, cells } of Object.keys(errors).length > 0 ? [] : rows.slice(1)) {
    const at = (column: Column) => (places[column] === undefined ? '' : (cells[places[column]] ?? ''));
    const wrong = (column: Column, sentence: string) => {
      const place = places[column];
      const where = place === undefined ? `${row}行目` : `セル ${cellName(place, row)}`;
      errors[`${row}.${columns[column][0]}`] ??= `${where}「${columns[column][0]}」: ${sentence}`;
    };
    for (const column of Object.keys(columns) as Column[]) {
      const why = whyNotText(at(column));
      if (why) wrong(column, why);
    }
    const kind = kinds[at('kind').normalize('NFKC').trim()];
    const user = at('user').normalize('NFKC').trim();
    if (kind === undefined)
      wrong('kind', 'メールボックス・別名・転送・メーリングリストのどれかを入力してください。');
    if (user === '') wrong('user', 'アカウントを入力してください。');
    else if (/[\p{Cc}\s]/u.test(user) || user.length > 320)
      wrong('user', 'アカウントに空白や改行が入っているか、長すぎます。1つのセルに1つだけ入力してください。');
    if (kind === undefined) continue;
    if (kind !== 'mailbox') {
      const to = listedAddresses(at('to'));
      if (to.length === 0 || !to.every(isAddress))
        wrong('to', 'メールアドレスを「,」で区切って入力してください。');
      settings.push({ kind, address: user, to });
      continue;
    }
    const targetUser = at('targetUser').normalize('NFKC').trim() || user;
    // It stands in a command at the target: what begins so would be an option of it.
    if (targetUser.startsWith('-')) wrong('targetUser', '「-」で始まるアカウントは指定できません。');
    once(seen.source, user, row, (first) => wrong('user', `${first}行目と同じアカウントです。`));
    once(seen.target, targetUser, row, (first) => wrong('targetUser', `${first}行目と同じ移行先です。`));
    const password = passwordOf(at('password'), passwords !== 'list', (sentence) =>
      wrong('password', sentence),
    );
    const targetPassword = passwordOf(at('targetPassword'), true, (sentence) =>
      wrong('targetPassword', sentence),
    );
    accounts.push({
      user,
      targetUser,
      ...(password && { password }),
      ...(targetPassword && { targetPassword }),
    });
  }
  if (Object.keys(errors).length === 0 && accounts.length === 0) errors[''] = 'アカウントが1件もありません。';
  if (Object.keys(errors).length > 0)
    throw new InvalidInputError('アカウント一覧をご確認ください。何も登録していません。', errors);
  return { accounts, settings };
}

function rowsOf(text: string): CsvRow[] {
  try {
    const first = /^[^\r\n]*/.exec(text)?.[0] ?? '';
    return first.includes('\t') ? tabbedRows(text) : parseCsv(text, limits);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new InvalidInputError('アカウント一覧をご確認ください。何も登録していません。', {
      [`${error.line}.`]: `${error.line}行目: ${error.message}`,
    });
  }
}

/** As spreadsheets put cells on the clipboard. */
function tabbedRows(text: string): CsvRow[] {
  const rows: CsvRow[] = [];
  for (const [index, row] of text.split(/\r\n|[\r\n]/).entries()) {
    const cells = row.split('\t');
    if (cells.every((cell) => cell === '')) continue;
    const line = index + 1;
    if (rows.length === limits.rows) throw new CsvError(`行は${limits.rows}行以内にしてください。`, line);
    if (cells.length > limits.columns)
      throw new CsvError(`列は${limits.columns}列以内にしてください。`, line);
    if (cells.some((cell) => cell.length > limits.cell))
      throw new CsvError(`1つのセルは${limits.cell}文字以内にしてください。`, line);
    rows.push({ line, row: line, cells });
  }
  return rows;
}

/** A list that begins with an address has no headings: accounts, and their passwords if there is a second column. */
function headed(rows: CsvRow[]): CsvRow[] {
  const [first] = rows;
  if (!first || !isAddress((first.cells[0] ?? '').normalize('NFKC').trim())) return rows;
  if (rows.some(({ cells }) => cells.slice(2).some((cell) => cell.trim() !== ''))) return rows;
  return [{ line: 0, row: 0, cells: [columns.user[0], columns.password[0]] }, ...rows];
}

function headings(
  first: CsvRow | undefined,
  errors: Record<string, string>,
): Partial<Record<Column, number>> {
  const names = (first?.cells ?? []).map((cell) => cell.normalize('NFKC').trim());
  const places: Partial<Record<Column, number>> = {};
  for (const column of Object.keys(columns) as Column[]) {
    const place = names.findIndex((name) => (columns[column] as readonly string[]).includes(name));
    if (place >= 0) places[column] = place;
  }
  const row = first?.row ?? 1;
  if (places.user === undefined) errors[`${row}.`] = `${row}行目に「移行元アカウント」の見出しがありません。`;
  return places;
}

function once(seen: Map<string, number>, user: string, row: number, wrong: (first: number) => void): void {
  const first = seen.get(user.toLowerCase());
  if (first === undefined) seen.set(user.toLowerCase(), row);
  else wrong(first);
}

/** To the character: a password is neither trimmed nor normalised. */
function passwordOf(cell: string, optional: boolean, wrong: (sentence: string) => void): string | undefined {
  if (cell === '') {
    if (!optional) wrong('パスワードを入力してください。');
    return undefined;
  }
  if (/[\p{Cc}\p{Cs}]/u.test(cell) || cell.length > 1024)
    wrong('使えない文字(改行や制御文字)が含まれているか、長すぎます。');
  return cell;
}
