import type { Preview } from '../case/preview.ts';
import { type Html, html, safeHref } from './markup.ts';

/** For novices: how to look at the new server's site while the name still leads to the old one. */
export function previewGuide({ url, address, names }: Preview, contact: string): Html {
  return html`<section class="card"><h2>DNS を切り替える前に、新しいサーバを見るには</h2>
<p>DNS（ドメインの行き先）を切り替えるまで、いつものアドレスを開くと、古いサーバの内容が表示されます。切り替え済みの場合は、いつものアドレスでそのままご確認いただけます。</p>
${url && html`<p>次のアドレスで、新しいサーバの表示をご確認いただけます。<br><a href="${safeHref(url)}" target="_blank" rel="noopener noreferrer"><bdi>${url}</bdi></a></p>`}
${address && names.length > 0 ? hostsGuide(`${address} ${names.join(' ')}`, url !== undefined) : !url && html`<p>切り替える前にご確認になりたい場合は、${contact}までご連絡ください。方法をご案内します。</p>`}
</section>`;
}

function hostsGuide(line: string, isSecondWay: boolean): Html {
  return html`<p>${isSecondWay ? 'いつものアドレスのままで確かめたい場合は、' : ''}お使いのパソコンだけ、新しいサーバを見るように設定できます（スマートフォンではできません）。「hosts」というファイルの最後に、次の1行を書き足します。</p>
<p><code class="excerpt">${line}</code></p>
<details><summary>Windows の手順</summary><ol>
<li>スタートメニューで「メモ帳」を探し、右クリックして「管理者として実行」を選びます。</li>
<li>メモ帳の「ファイル」から「開く」を選び、ファイル名の欄に <bdi class="figures">C:\\Windows\\System32\\drivers\\etc\\hosts</bdi> と入力して開きます。</li>
<li>いちばん下に上の1行を書き足し、「ファイル」から「上書き保存」を選びます。</li>
<li>ブラウザをすべて閉じて開き直し、いつものアドレスを開きます。新しいサーバの内容が表示されます。</li>
</ol></details>
<details><summary>Mac の手順</summary><ol>
<li>「アプリケーション」の「ユーティリティ」にある「ターミナル」を開きます。</li>
<li><bdi class="figures">sudo nano /private/etc/hosts</bdi> と入力して return キーを押し、Mac のパスワードを入力します（文字は表示されません）。</li>
<li>矢印キーでいちばん下に移り、上の1行を書き足します。control キーを押しながら O、続けて return、最後に control キーを押しながら X を押します。</li>
<li>ブラウザを終了して開き直し、いつものアドレスを開きます。新しいサーバの内容が表示されます。</li>
</ol></details>
<p class="soft">ご確認が済んだら、同じ手順で書き足した1行を必ず消してください。残しておくと、サーバが変わったときにサイトが表示されなくなります。新しいサーバの証明書が未設定の間は、ブラウザが警告を表示することがあります。</p>`;
}
