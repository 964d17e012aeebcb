import { yenText } from '../../functions/case/wording.ts';
import type { People } from './people.ts';
import { reportTransfer } from './report-transfer.ts';
import { handInSurvey } from './survey.ts';
import { until } from './until.ts';

/** One case of a shop with a web site, from the first call to the invoice. */
export async function tell(people: People): Promise<void> {
  await people.open({
    company: '株式会社髙﨑商店',
    person: '髙﨑 𠮷男',
    mail: 'shop@example.jp',
    contractNumber: 'MS-1234567',
    serverKind: 'managed',
    startWith: 'simple-quote',
    plans: ['web'],
  });
  await simpleQuote(people);
  await formalQuote(people);
  await order(people);
  await people.answer('migration-details', '移行先と、数秒後の開始日時を登録しました');
  await reportTransfer(people);
  await people.answer('migration-sign-off', '台帳を確認し、作業を完了としました');
  await people.answer('acceptance', '動作を確認し、検収書を提出しました');
  await people.answer('acceptance-review', '検収書を受理しました');
  await invoiced(people);
}

async function simpleQuote(people: People): Promise<void> {
  await people.answer('hearing-sheet', 'メールのリンクから記入し、送信しました', { webGigabytes: '1500' });
  const remarks = 'Web データの容量が1500GBとあります。MBとのお間違いではないかご確認ください。';
  await people.answer('hearing-sheet-review', '差し戻しました', { decision: 'returned', remarks });
  people.options.teller.add(`「${remarks}」`);
  await people.answer('hearing-sheet', '容量を直して、もう一度送信しました');
  await people.answer('hearing-sheet-review', '不備なし、受理しました');
  await people.answer(
    'formal-quote-request',
    `${await quoted(people, 'formal-quote-request')}を見て、依頼しました`,
  );
}

async function formalQuote(people: People): Promise<void> {
  await people.answer('consent', '4つの文書を確認し、署名しました');
  await people.answer('consent-review', '不備なし、受理しました');
  await people.answer('source-access', 'サーバとパスワードをお知らせしました（暗号化して保管）');
  await handInSurvey(people);
  await people.answer('formal-quote-review', '金額と作業範囲を確認し、お客さまに提示しました');
}

async function order(people: People): Promise<void> {
  const quote = await quoted(people, 'order');
  await people.answerTwice('order', `${quote}を申込み。送信ボタンを2回押しましたが、受付は1回だけです`);
  await people.answer('order-review', '受理しました（以後、キャンセルも変更もできません）');
  await people.answer('source-access', '調査の後に消去されたため、もう一度お知らせしました');
}

/** `HK-7K3M-Q2T9-S1（92,400円）`: the quote that this step answers. */
async function quoted(people: People, kind: 'formal-quote-request' | 'order'): Promise<string> {
  const quote = (await people.turnOf(kind)).c.quotes.at(-1);
  if (!quote) throw new Error('お見積もりが案件にありません。');
  return `${quote.number}（${yenText(quote.total)}）`;
}

async function invoiced(people: People): Promise<void> {
  const { teller, signal } = people.options;
  const c = await until(
    async () => {
      const found = await people.load();
      return found.stage === 'invoiced' ? found : undefined;
    },
    60,
    signal,
    () => new Error('検収の後、請求に進みません。'),
  );
  teller.tell(
    'system',
    `お客さまのデータと接続情報を消去し、請求しました（${yenText(c.invoice?.total ?? 0)}）`,
  );
}
