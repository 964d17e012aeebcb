import type { Context, Hono } from 'hono';
import type { Case } from '../case/case.ts';
import { changeCase } from '../case/change-case.ts';
import { standingSubmission } from '../case/confided.ts';
import { customerName } from '../case/customer-name.ts';
import { targetDatabaseAccess } from '../case/database-access.ts';
import { InvalidInputError } from '../case/errors.ts';
import { holdersOf } from '../case/mail-holders.ts';
import type { Ports } from '../case/ports.ts';
import type { TaskKind } from '../case/tasks.ts';
import { madePassword } from '../migration/database/create-target.ts';
import { madeName } from '../migration/database/made-databases.ts';
import { panelCsv } from '../migration/mail/panel-csv.ts';
import { accountsOf } from '../migration/mail/with-mail-job.ts';
import { type Confided, confidedPage } from '../pages/console/confided-page.ts';
import { consolePaths } from '../pages/console/shell.ts';
import type { Problems } from '../pages/fields.ts';
import { siteOf } from '../pages/site.ts';
import { type ConsoleEnvironment, only } from './console-access.ts';
import { RefusedRequest } from './posted-form.ts';

/** Where secrets.ts puts what was confided: the form that brought it, and the beginning of its name in the vault. */
const places: readonly { kind: TaskKind; name: string; title: string }[] = [
  { kind: 'source-access', name: 'source-web', title: '移行元（Web データ）' },
  { kind: 'source-access', name: 'source-database', title: '移行元（データベース）' },
  { kind: 'source-access', name: 'source-mail', title: '移行元（メール）' },
  { kind: 'source-access', name: 'source-cybozu', title: '移行元（サイボウズ）' },
  { kind: 'source-access', name: 'source-other', title: '移行元（そのほかの接続の情報）' },
  { kind: 'migration-details', name: 'target-web', title: '移行先（Web データ）' },
  { kind: 'migration-details', name: 'target-database', title: '移行先（データベース）' },
  { kind: 'migration-details', name: 'target-mail', title: '移行先（メール）' },
  { kind: 'migration-details', name: 'target-cybozu', title: '移行先（サイボウズ）' },
];

const labels: Record<string, string> = {
  protocol: '接続の方法',
  host: 'サーバ名',
  port: 'ポート番号',
  user: 'ユーザー名',
  password: 'パスワード',
  privateKey: '秘密鍵',
  passphrase: '秘密鍵のパスフレーズ',
  root: 'フォルダ',
  legacyAlgorithms: '古い暗号方式の許可',
  sourceRoot: '移行元のフォルダ',
  owner: 'データの所有者',
  way: '接続の経路',
  engine: 'データベースの種類',
  tls: '通信の暗号化',
  databases: 'データベース',
  database: 'データベース名',
  administrator: '作成に使う管理者',
  dumps: 'ダンプファイル',
  repairDoubleEncoding: '文字化けを修復する列',
  server: 'サーバ',
  security: '通信の暗号化',
  master: '管理者アカウント',
  passwords: 'パスワードの渡し方',
  deleted: '削除の印が付いたメール',
  verify: '内容の照合',
  creation: 'アカウントの作成',
};

/**
 * The survey is a person's work (R30), and so is what no engine moves: the engineer must be able to log in. Only engineers,
 * only by a POST, and the look is in the history before anything is shown.
 */
export function confidedRoutes(app: Hono<ConsoleEnvironment>, ports: Ports): void {
  const looked = async (context: Context<ConsoleEnvironment>): Promise<Case> => {
    const person = context.get('person');
    only(person, 'engineer');
    const c = await ports.records.load(context.req.param('id') ?? '');
    if (!c) throw new RefusedRequest(404);
    if (hasConfided(c)) {
      const author = { actor: 'engineer', by: person.name } as const;
      await changeCase(ports, c.id, author, (decision) => decision.note('confided-shown'));
    }
    return c;
  };
  const page = async (context: Context<ConsoleEnvironment>, c: Case, problems?: Problems) =>
    confidedPage({
      site: siteOf(ports.settings),
      person: context.get('person'),
      reference: c.id,
      company: customerName(c.customer),
      confided: (await Promise.all(places.map((place) => read(ports, c, place)))).flat(),
      ...(hasMailAccounts(c) && { accountsHref: `${consolePaths.case(c.id)}/mail-accounts.csv` }),
      ...(problems && { problems }),
    });

  app.post('/console/cases/:id/confided', async (context) =>
    context.html(await page(context, await looked(context))),
  );

  /** For the target's panel. */
  app.post('/console/cases/:id/mail-accounts.csv', async (context) => {
    const c = await looked(context);
    if (!hasMailAccounts(c)) throw new RefusedRequest(404);
    try {
      const { accounts, settings } = await accountsOf(ports.vault, c);
      return context.body(panelCsv(accounts, settings), 200, {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="${c.id}-mail-accounts.csv"`,
      });
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      return context.html(await page(context, c, error.fields), 422);
    }
  });
}

function hasMailAccounts(c: Case): boolean {
  return hasConfided(c) && c.forms['source-access']?.value.mailAccountCount !== undefined;
}

/** Something was confided since the last erasure. */
export function hasConfided(c: Case): boolean {
  return places.some(({ kind }) => standingSubmission(c, kind) !== undefined);
}

async function read(
  ports: Ports,
  c: Case,
  { kind, name, title }: (typeof places)[number],
): Promise<Confided[]> {
  const suffix = c.forms[kind]?.value.confided;
  const secret = typeof suffix === 'string' && (await ports.vault.get(c.id, `${name}.${suffix}`));
  if (!secret) return [];
  const waiting = name === 'source-mail' ? holdersOf(c).filter(({ answeredAt }) => !answeredAt) : [];
  const users = waiting.map(({ user }) => user).join('\n');
  const made = name === 'target-database' ? await madeRows(ports, c, secret) : [];
  return [
    {
      title,
      rows: [...rowsOf(secret), ...made, ...(users ? [{ label: 'パスワードの入力待ち', value: users }] : [])],
    },
  ];
}

/** What was made for the databases that were not there yet: the site's settings need it. */
async function madeRows({ vault }: Ports, c: Case, text: string): Promise<Confided['rows']> {
  const { databases, administrator, ...server } = targetDatabaseAccess.parse(JSON.parse(text));
  const rows: { label: string; value: string }[] = [];
  for (const logIn of administrator ? databases : []) {
    const password = await madePassword(vault, c.id, madeName(server, logIn));
    if (password) rows.push({ label: `作成したパスワード（${logIn.database}）`, value: password });
  }
  return rows;
}

function rowsOf(secret: string): Confided['rows'] {
  if (!secret.startsWith('{')) return [{ label: 'いただいた内容', value: secret }];
  const access = JSON.parse(secret) as Record<string, unknown>;
  return Object.keys({ ...labels, ...access })
    .filter((name) => access[name] !== undefined)
    .map((name) => ({ label: labels[name] ?? name, value: inWords(access[name]) }));
}

/** Lists a line each; a log-in within as the confided page labels its parts. */
function inWords(value: unknown): string {
  if (Array.isArray(value)) return value.map(inWords).join('\n');
  if (typeof value === 'boolean') return value ? 'あり' : 'なし';
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, part]) => `${labels[name] ?? name} ${inWords(part)}`)
    .join('、');
}
