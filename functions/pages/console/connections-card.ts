import type { CheckedProtocol, CheckedServer, ConnectionCheck } from '../../case/connection-check.ts';
import { dateText, grouped, momentText } from '../../case/wording.ts';
import type { FormBody } from '../form-body.ts';
import { type Html, html, lines, safeHref } from '../markup.ts';
import { smallForm } from '../small-form.ts';

/** One server, what it showed when it was last looked at, and what who looks may do. */
export interface ConnectionView {
  server: CheckedServer;
  host: string;
  check?: ConnectionCheck;
  /** Where a check is asked for. */
  action?: string;
  /** To take a changed key. */
  acceptance?: FormBody & { action: string };
}

export const serverNames: Record<CheckedServer, string> = {
  'source-web': '移行元（Web データ）',
  'target-web': '移行先（Web データ）',
  'source-cybozu': '移行元（サイボウズ）',
  'target-cybozu': '移行先（サイボウズ）',
  'source-mail': '移行元（メール）',
  'target-mail': '移行先（メール）',
  'source-database': '移行元（データベース）',
  'target-database': '移行先（データベース）',
};

const protocolNames: Record<CheckedProtocol, string> = {
  sftp: 'SFTP（SSH）',
  ftps: 'FTPS',
  'ftps-implicit': 'FTPS・Implicit',
  ftp: 'FTP（暗号化なし）',
  imap: 'IMAP',
  pop3: 'POP3',
  mysql: 'MySQL / MariaDB',
  postgresql: 'PostgreSQL',
};

const haveAlgorithms: readonly CheckedProtocol[] = ['sftp', 'ftps', 'ftps-implicit'];

const outcomes: Record<ConnectionCheck['outcome'], [string, string]> = {
  reached: ['接続できました', 'good'],
  'key-changed': ['鍵が変わっています', 'bad'],
  'key-accepted': ['新しい鍵を承認済み・未確認', 'care'],
  failed: ['接続できません', 'bad'],
};

export function connectionsCard(views: readonly ConnectionView[]): Html | false {
  if (views.length === 0) return false;
  return html`<section class="card" id="connections"><h2>接続の確認</h2>
<p class="soft">お預かりした接続情報でログインできるかと、フォルダの一覧だけを確認します（最長20秒。中身は読みません）。はじめて接続したときの鍵を登録し、鍵が変わった場合は作業を止めます。</p>
${views.map(connection)}</section>`;
}

function connection({ server, host, check, action, acceptance }: ConnectionView): Html {
  const [said, tone] = (check && outcomes[check.outcome]) ?? ['未確認', 'plain'];
  return html`<section class="connection"><h3>${serverNames[server]} <bdi class="figures">${host}</bdi> <span class="badge ${tone}">${said}</span></h3>
${check && result(check)}
${acceptance && html`<div class="note bad"><p>サーバの運用者に確認できるまで、承認しないでください。第三者のサーバにつながっているおそれがあります。</p>${smallForm(acceptance)}</div>`}
${action && checkForm(action, check)}</section>`;
}

/** An old server's algorithms are asked about where the way in is known to be one that has them. */
function checkForm(action: string, check: ConnectionCheck | undefined): Html {
  return html`<form method="post" action="${safeHref(action)}">${
    check &&
    haveAlgorithms.includes(check.protocol) &&
    html`<input type="hidden" name="asked" value="legacyAlgorithms"><label class="choice"><input type="checkbox" name="legacyAlgorithms" value="yes"${check.legacyAlgorithms === true && html` checked`}><span>古い暗号方式も許可する<br><span class="soft">共通の暗号方式がなく、接続できない古いサーバだけで選んでください。</span></span></label>`
  }<p class="send"><button type="submit">${check ? 'もう一度、接続を確認する' : '接続を確認する'}</button></p></form>`;
}

function result(check: ConnectionCheck): Html {
  const { hostKey, shownKey, certificate, shell, entries, logIns, remarks, message, protocol } = check;
  const key = protocol === 'sftp' ? 'ホスト鍵' : '証明書';
  const rows: [string, Html | string | false | undefined][] = [
    ['確認した日時', `${momentText(check.at)} ${check.by}`],
    ['接続の方法', `${protocolNames[protocol]}${check.legacyAlgorithms ? '・古い暗号方式を許可' : ''}`],
    [`登録した${key}`, hostKey && keyText(hostKey, check.firstContact)],
    [`提示された${key}`, shownKey && keyText(shownKey)],
    [
      '証明書の指紋',
      certificate && certificate.fingerprint !== hostKey && fingerprint(certificate.fingerprint),
    ],
    ['証明書の発行先', certificate && html`<bdi>${certificate.subject}</bdi>`],
    ['証明書の発行者', certificate && html`<bdi>${certificate.issuer}</bdi>`],
    ['証明書の有効期間', certificate && validity(certificate)],
    ['シェル', shell !== undefined && (shell ? '使えます' : '使えません')],
    ['ログイン', logIns && logInText(logIns)],
    [
      logIns ? '最初のアカウントのフォルダ' : 'フォルダの中',
      entries !== undefined && `${grouped(entries)}件${entries >= 1000 ? '以上' : ''}`,
    ],
  ];
  return html`${message && html`<p class="note bad">${lines(message)}</p>`}
<dl class="answers">${rows.map(([label, value]) => value && html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
${remarks.length > 0 && html`<div class="note care"><p><strong>ご注意</strong></p><ul>${remarks.map((remark) => html`<li>${remark}</li>`)}</ul></div>`}`;
}

function logInText({ opened, tried, of }: NonNullable<ConnectionCheck['logIns']>): string {
  const rest = of > tried ? `（全${grouped(of)}件のうち${grouped(tried)}件を確認）` : '';
  return `${grouped(tried)}件中${grouped(opened)}件できました${rest}`;
}

function keyText(key: string, first?: boolean): Html {
  const fresh = first && html` <span class="badge care">はじめての登録</span>`;
  if (key === 'verified') return html`認証局が検証した証明書${fresh}`;
  return html`${fingerprint(key)}${fresh}`;
}

function fingerprint(key: string): Html {
  return html`<code class="figures as-typed">${key}</code>`;
}

function validity({ validFrom, validTo }: NonNullable<ConnectionCheck['certificate']>): string {
  const day = (at: string) => (Number.isNaN(Date.parse(at)) ? '不明' : dateText(at));
  return `${day(validFrom)}から${day(validTo)}まで`;
}
