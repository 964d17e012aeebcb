import * as z from 'zod';
import { plain } from '../fields/text.ts';
import { webAddress } from '../fields/web-address.ts';
import { ask, optional } from './question.ts';

export const previewTitle = 'お客さまの動作確認（Web データ）';
export const previewLead =
  'DNS を切り替える前に、お客さまが新しいサーバの表示を確かめられるようにします。動作確認のページに載ります。';

/** What the customer needs to see the new site before its name leads there: no secrets. */
export function previewQuestions() {
  return {
    previewUrl: optional(
      ask('text', '新しいサーバの仮の URL', webAddress(), {
        placeholder: 'https://ms1234567.example.jp/',
        maxLength: 500,
        help: 'DNS を切り替える前から新しいサーバのサイトを表示できる URL がある場合。',
      }),
    ),
    previewAddress: optional(
      ask(
        'text',
        '新しいサーバの IP アドレス',
        plain(15).pipe(z.ipv4('「192.0.2.1」の形で入力してください。')),
        {
          placeholder: '192.0.2.1',
          maxLength: 15,
          help: 'お客さまのパソコンの hosts ファイルに書く方法をご案内します。',
        },
      ),
    ),
  };
}
