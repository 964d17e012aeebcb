import { page } from './layout.ts';
import { html, safeHref } from './markup.ts';
import type { Site } from './site.ts';

/**
 * One page for a link that is unknown, used up, somebody else's or withdrawn: it never says whether there is a case.
 * To be served with 404 in every one of these cases.
 */
export function deadLinkPage(site: Site): string {
  return page({
    title: 'このリンクはご利用いただけません',
    site,
    narrow: true,
    body: html`<section class="card"><h1>このリンクはご利用いただけません</h1>
<p class="lead">お手数ですが、次の点をご確認ください。</p>
<ul>
<li>メールに記載のリンクが、途中で切れていないかご確認ください。リンク全体をコピーして、アドレス欄に貼り付けてください。</li>
<li>新しいご案内のメールが届いている場合は、そちらのリンクをお使いください。以前のリンクはご利用いただけなくなります。</li>
<li>お手続きが終わったリンクは、ご利用いただけません。</li>
</ul>
<p>解決しない場合は、メールに記載の受付番号を添えて、下記のお問い合わせ先までご連絡ください。</p></section>`,
  });
}

const errors = {
  400: [
    '送信内容を読み取れませんでした',
    '内容は受け付けられていません。前の画面に戻り、画面を再読み込みしてから、もう一度送信してください。',
  ],
  401: ['サインインが必要です', 'もう一度サインインしてください。'],
  403: [
    'この操作はできません',
    'この画面を操作する権限がありません。内容は変更されていません。必要な操作は、受付担当・技術担当・経理担当のうち、その役割の方に依頼してください。別の役割でサインインし直すこともできます。',
  ],
  404: [
    'ページが見つかりません',
    'アドレスをご確認ください。リンクからお越しの場合は、リンクが途中で切れていないかご確認ください。',
  ],
  405: [
    'この操作はできません',
    '前の画面に戻り、画面のボタンから操作してください。内容は変更されていません。',
  ],
  409: [
    'ほかの方が先に更新しました',
    '内容は変更されていません。最新の画面を開き、もう一度操作してください。',
  ],
  413: [
    '送信内容が大きすぎます',
    '内容は受け付けられていません。文章やファイルを小さくして、もう一度送信してください。',
  ],
  415: [
    'この形式は受け付けられません',
    '内容は受け付けられていません。画面の入力欄から送信してください。ファイルは、ひな形と同じ形式でお送りください。',
  ],
  429: [
    'しばらくお待ちください',
    '短い時間に多くの操作がありました。1分ほど待ってから、もう一度お試しください。',
  ],
  500: [
    '申し訳ございません。処理できませんでした',
    '内容は受け付けられていない可能性があります。しばらく待ってから、同じリンクをもう一度開いてください。受け付け済みの場合は、その旨が表示されます。',
  ],
  503: [
    'ただいま混み合っています',
    '内容は受け付けられていません。しばらく待ってから、もう一度お試しください。',
  ],
} as const satisfies Record<number, readonly [string, string]>;

export type ErrorStatus = keyof typeof errors;

/** `incident`: what staff find the log by; no detail of the error is ever shown. `home`: where colleagues go on. */
export function errorPage(
  site: Site,
  status: ErrorStatus,
  { incident, home }: { incident?: string; home?: string } = {},
): string {
  const [title, advice] = errors[status];
  return page({
    title,
    site,
    narrow: true,
    ...(home && { home }),
    body: html`<section class="card"><h1>${title}</h1>
<p class="lead">${advice}</p>
<p class="soft">解決しない場合は、下記のお問い合わせ先までご連絡ください。${incident && html`その際、番号 <span class="figures">${incident}</span> をお伝えください。`}</p>
${home && html`<p><a class="button" href="${safeHref(home)}">案件一覧に戻る</a></p>`}</section>`,
  });
}
