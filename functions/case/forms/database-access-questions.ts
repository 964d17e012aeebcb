import { type DatabaseLogIn, databaseLogIn, dumpName } from '../database-access.ts';
import { password as secret, userName } from '../fields/credentials.ts';
import { line } from '../fields/text.ts';
import { ask, choice, mayTick, needed, optional, textArea, wholeNumber } from './question.ts';

const engines = { mysql: 'MySQL / MariaDB', postgresql: 'PostgreSQL' };
const tls = { encrypted: '暗号化する（おすすめ）', none: '暗号化しない' };

const ways = {
  web: 'Web データと同じサーバに SSH で入って、そこからつなぐ（レンタルサーバではこの方法が一般的です）',
  direct: 'データベースのサーバに直接つなぐ',
};

/** Several databases have a line each: names with blanks are not met at hosting companies. */
const moreLines =
  '1行に1つ、「データベース名 ユーザー名 パスワード」を空白で区切ってご記入ください。1つだけの場合は空欄で結構です。';

/** How to reach one end's databases: database-access.ts, flattened into questions. `server` says whose server it is. */
function databaseAccessQuestions(server: string) {
  return {
    host: optional(
      ask('text', `${server}のデータベースのサーバ名`, serverName(), {
        placeholder: 'mysql123.example.jp',
        help: 'サーバ会社の案内に載っている名前です。「localhost」のこともあります。空欄の場合は localhost とみなします。',
        maxLength: 253,
        confided: true,
      }),
    ),
    port: optional(
      wholeNumber('ポート番号', '', 1, 65_535, {
        help: '空欄の場合は、MySQL は 3306、PostgreSQL は 5432 です。',
        confided: true,
      }),
    ),
    name: needed(ask('text', 'データベース名', line(64), { maxLength: 64, confided: true })),
    user: needed(ask('text', 'データベースのユーザー名', userName(), { maxLength: 128, confided: true })),
    password: ask('password', 'データベースのパスワード', secret(1024), { maxLength: 1024, secret: true }),
    more: optional(textArea('2つ目からのデータベース', 8000, { help: moreLines, secret: true })),
  };
}

function tlsQuestions() {
  return {
    tls: optional(choice('通信の暗号化', tls, { help: '選ばない場合は暗号化します。', confided: true })),
    clear: mayTick('暗号化しない場合：パスワードとデータがそのまま送られることを了解しました。'),
  };
}

/** Of `source-access`: what everybody is asked. */
export function sourceDatabaseQuestions() {
  return {
    databaseEngine: choice('データベースの種類', engines, {
      help: '分からない場合は MySQL / MariaDB をお選びください。WordPress など、多くの仕組みが使っています。',
    }),
    databaseAccess: choice(
      'データの渡し方',
      {
        login: 'データベースに接続してもらう（おすすめ）',
        dump: '接続できないので、ダンプファイル（エクスポートしたファイル）を作業担当に渡す',
      },
      {
        help: 'わからないときは「接続してもらう」をお選びください。接続できない場合は、あらためてご連絡します。',
      },
    ),
  };
}

/** For those who let us log in. `overSsh`: the web data's server may be the way in. */
export function sourceDatabaseLogInQuestions(overSsh: boolean) {
  const { host, port, name, user, password, more } = databaseAccessQuestions('移行元');
  return {
    databaseWay: needed(choice('接続の方法', waysOffered(overSsh))),
    databaseHost: host,
    databasePort: port,
    databaseName: name,
    databaseUser: user,
    databasePassword: needed(password),
    databaseMore: more,
  };
}

/** For those who are reached directly. */
export function sourceDatabaseTlsQuestions() {
  const { tls, clear } = tlsQuestions();
  return { databaseTls: tls, databaseClear: clear };
}

/** Of `migration-details`. */
export function targetDatabaseQuestions(overSsh: boolean) {
  const { host, port, name, user, password, more } = databaseAccessQuestions('移行先');
  return {
    targetDatabaseWay: choice('接続の方法', waysOffered(overSsh)),
    targetDatabaseHost: host,
    targetDatabasePort: port,
    targetDatabaseName: name,
    targetDatabaseUser: user,
    targetDatabasePassword: optional(password),
    targetDatabaseMore: more,
    targetDatabaseAdministrator: optional(
      ask('text', 'データベースを作る管理者のユーザー名', userName(), {
        help: 'データベースがまだない場合に入力してください。上のデータベースとユーザーを、新しいパスワードで作成します。',
        maxLength: 128,
        confided: true,
      }),
    ),
    targetDatabaseAdministratorPassword: optional(
      ask('password', '管理者のパスワード', secret(1024), { maxLength: 1024, secret: true }),
    ),
    targetDatabaseDumps: optional(
      textArea('ダンプファイルの名前', 4000, {
        help: 'つなぐ方法がない場合に、アップロードしたファイルの名前を1行に1つ、データベースの順にご記入ください（.sql、.sql.gz、.zip）。',
      }),
    ),
    targetDatabaseRepair: optional(
      textArea('文字化けを修復する列', 8000, {
        help: '調査で見つかり、お客さまが承認した列を「テーブル名.列名」の形で1行に1つ。',
      }),
    ),
  };
}

export function targetDatabaseTlsQuestions() {
  const { tls, clear } = tlsQuestions();
  return { targetDatabaseTls: tls, targetDatabaseClear: clear };
}

/** A way that is not offered is not accepted either: a choice knows its own options. */
function waysOffered(overSsh: boolean): typeof ways {
  const { web, direct } = ways;
  return { ...(overSsh && { web }), direct } as typeof ways;
}

function serverName() {
  return line(253).refine(
    (text) => /^[A-Za-z0-9.:_-]+$/.test(text),
    'サーバ名を「mysql123.example.jp」の形で入力してください。',
  );
}

/** The log-ins, or the first line that is not three words. */
export function readLogIns(text = ''): DatabaseLogIn[] | { wrongLine: number } {
  const logIns: DatabaseLogIn[] = [];
  for (const [index, row] of text.split('\n').entries()) {
    if (row.trim() === '') continue;
    const [database, user, password, ...rest] = row.trim().split(/[\s　]+/);
    const logIn = databaseLogIn.safeParse({ database, user, password });
    if (!logIn.success || rest.length > 0) return { wrongLine: index + 1 };
    logIns.push(logIn.data);
  }
  return logIns;
}

/** Names that stand a line each, or between blanks and commas. */
export function wordsOf(text: unknown): string[] {
  return typeof text === 'string' ? text.split(/[\s,、]+/).filter(Boolean) : [];
}

/** What goes into the target's databases, by the answers without their prefix. `fromDumps`: the source gives files. */
export function checkDatabaseContents(
  answer: (name: 'More' | 'Dumps' | 'Repair') => unknown,
  refuse: (name: 'Dumps' | 'Repair', sentence: string) => void,
  fromDumps: boolean,
): void {
  const dumps = wordsOf(answer('Dumps'));
  const others = readLogIns(answer('More') as string | undefined);
  const databases = Array.isArray(others) ? others.length + 1 : undefined;
  if (!dumps.every((name) => dumpName.safeParse(name).success)) {
    refuse('Dumps', 'ファイルの名前を、半角の英数字と「.」「_」「-」で1行に1つ入力してください。');
  } else if (fromDumps && databases !== undefined && dumps.length !== databases) {
    refuse('Dumps', `データベースと同じ数（${databases}件）のファイルの名前を、同じ順に入力してください。`);
  }
  if (!wordsOf(answer('Repair')).every((column) => /^[^.].*\.[^.]+$/.test(column) && column.length <= 256)) {
    refuse('Repair', '「posts.title」のように「テーブル名.列名」の形で1行に1つ入力してください。');
  }
}

/** The questions of one end without their prefix. */
type Name = 'Way' | 'Host' | 'Name' | 'User' | 'Password' | 'More' | 'Clear';

/** What the answers must be to each other. `answer` gives one of them, `refuse` says what is wrong with it. */
export function checkDatabaseAccess(
  answer: (name: Name | 'Tls') => unknown,
  refuse: (name: Name, sentence: string) => void,
  { made = false, overSsh }: { made?: boolean; overSsh: boolean },
): void {
  const way = answer('Way');
  if (!way) refuse('Way', '接続の方法を選んでください。');
  if (way === 'web' && !overSsh) {
    refuse('Way', 'Web データの接続の方法を SFTP にするか、ほかの方法をお選びください。');
  }
  if (way === 'direct' && !answer('Host')) refuse('Host', 'サーバ名を入力してください。');
  if (!answer('Name')) refuse('Name', 'データベース名を入力してください。');
  if (!answer('User')) refuse('User', 'ユーザー名を入力してください。');
  if (!answer('Password') && !made) refuse('Password', 'パスワードを入力してください。');
  const others = readLogIns(answer('More') as string | undefined);
  if (!Array.isArray(others)) {
    const sentence = `${others.wrongLine}行目を「データベース名 ユーザー名 パスワード」の形で入力してください。`;
    refuse('More', sentence);
  } else if (others.length > 19) refuse('More', '2つ目からのデータベースは19件までです。');
  else if (isTwice([answer('Name'), ...others.map(({ database }) => database)])) {
    refuse('More', '同じデータベースが2回書かれています。1つずつにしてください。');
  } else if (made && isTwice([answer('User'), ...others.map(({ user }) => user)])) {
    refuse('More', '新しく作る場合は、データベースごとに別のユーザー名にしてください。');
  }
  if (way === 'direct' && answer('Tls') === 'none' && !answer('Clear')) {
    refuse('Clear', '暗号化しない場合は、了解のチェックを入れてください。');
  }
}

function isTwice(names: readonly unknown[]): boolean {
  return new Set(names).size < names.length;
}
