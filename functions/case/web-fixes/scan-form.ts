import type { Case } from '../case.ts';
import { isHost } from '../fields/host.ts';
import type { Form } from '../form.ts';
import { composeForm, group } from '../forms/compose.ts';
import { ask, choice, optional } from '../forms/question.ts';
import type { Settings } from '../settings.ts';
import { typedRequest } from './request.ts';

/** What the engineer knows of both servers: the search looks for one and fixes to the other (R9). */
export function scanForm(
  c: Pick<Case, 'customer'>,
  settings: Pick<Settings, 'targets'>,
): Form<Record<string, unknown>> {
  const { php } = settings.targets[c.customer.serverKind];
  const text = <T>(label: string, schema: Parameters<typeof ask<T>>[2], placeholder: string, help?: string) =>
    optional(ask('text', label, schema, { placeholder, maxLength: 500, ...(help && { help }) }));
  const { path, host, hosts, addresses, version, databaseHost, name } = typedRequest;
  return composeForm({
    title: '修正箇所を調べる',
    lead: '移行元の Web データを読み取り、移行すると動かなくなる箇所を調べます。移行元は変更しません。分からない欄は空けておくと、その項目は調べません。',
    submit: '修正箇所を調べる',
    groups: [
      group('フォルダの場所', {
        sourceRoot: text(
          '移行元の公開フォルダ',
          path,
          '/home/example/public_html',
          'サーバの中での絶対パス。',
        ),
        targetRoot: text('移行先の公開フォルダ', path, '/var/www/example/html'),
        sourceHome: text('移行元のホームフォルダ', path, '/home/example'),
        targetHome: text('移行先のホームフォルダ', path, '/var/www/example'),
      }),
      group('サーバの名前', {
        oldHosts: optional(
          ask('textarea', '移行元サーバのホスト名', hosts, {
            help: '1行に1つ。お客さまのドメインではなく、移行で使えなくなる名前だけ。',
            maxLength: 6000,
          }),
        ),
        newHost: text('移行先のホスト名', host, 'www.example.jp'),
        oldAddresses: optional(
          ask('textarea', '移行元サーバの IP アドレス', addresses, { help: '1行に1つ。', maxLength: 6000 }),
        ),
        newAddress: text('移行先の IP アドレスかホスト名', host, '192.0.2.1'),
      }),
      group('PHP', {
        phpFrom: text(
          '移行元の PHP の版',
          version,
          '7.4',
          '空欄のときは、これまでに廃止されたものすべてを調べます。',
        ),
        phpTo: choice('移行先の PHP の版', Object.fromEntries(php.map((one) => [one, one]))),
      }),
      group(
        '移行先のデータベース',
        {
          databaseHost: text('ホスト名', databaseHost, 'localhost'),
          databaseName: text('データベース名', name, 'example_db'),
          databaseUser: text('ユーザー名', name, 'example_user'),
        },
        'wp-config.php と .env の修正に使います。パスワードは、お預かりしているものが移行のときに書き込まれ、画面にも記録にも現れません。',
      ),
    ],
  });
}

/** What is known already, to be kept or changed: the last search, else the hearing sheet. */
export function suggestedScan(
  c: Pick<Case, 'webFixes' | 'forms' | 'customer'>,
  settings: Pick<Settings, 'targets'>,
): Record<string, string> {
  const last = c.webFixes?.request;
  if (last) {
    const { oldHosts, oldAddresses, ...rest } = last;
    return { ...rest, oldHosts: oldHosts.join('\n'), oldAddresses: oldAddresses.join('\n') } as Record<
      string,
      string
    >;
  }
  const sheet = c.forms['hearing-sheet']?.value ?? {};
  const host =
    typeof sheet.sourceHost === 'string' && isHost(sheet.sourceHost) ? sheet.sourceHost : undefined;
  const domains = Array.isArray(sheet.domains) ? sheet.domains : [];
  const php = typeof sheet.webPhp === 'string' ? /\d\.\d{1,2}/.exec(sheet.webPhp)?.[0] : undefined;
  const isAddress = host !== undefined && /^[\d.]+$/.test(host);
  // The customer's own domain moves along: it is no name of the old server.
  const isDomain = host !== undefined && domains.some((one) => host === one || host.endsWith(`.${one}`));
  return {
    ...(host && isAddress && { oldAddresses: host }),
    ...(host && !isAddress && !isDomain && { oldHosts: host }),
    ...(php && { phpFrom: php }),
    phpTo: settings.targets[c.customer.serverKind].php[0] ?? '',
  };
}
