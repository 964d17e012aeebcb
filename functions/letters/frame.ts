import { actorNames } from '../case/wording.ts';
import { type Block, type LetterView, paragraph } from './letter.ts';
import { oneLine } from './letter-text.ts';

/** Address, greeting and signature around a letter: a customer's in full, a colleague's short. */
export function framed(view: LetterView, blocks: readonly Block[]): Block[] {
  return view.to === 'customer' ? forCustomer(view, blocks) : forColleague(view, blocks);
}

function forCustomer({ case: c, settings }: LetterView, blocks: readonly Block[]): Block[] {
  const { issuer, partner } = settings;
  const support = settings.support[c.customer.serverKind];
  return [
    paragraph(addressed(c.customer, '\n')),
    paragraph(`いつもお世話になっております。\n${issuer.name} ${issuer.department}です。`),
    ...blocks,
    {
      kind: 'list',
      title: 'お問い合わせ',
      items: [
        `サポートは「${support.title}」の「${support.chapter}」をご確認ください。`,
        `お電話: ${support.phone}（${support.hours}） 受付番号 ${oneLine(c.id, 40)} をお伝えください。`,
        `環境調査と移行作業は${partner.name}（${partner.phone}）が行います。同社より直接ご連絡する場合があります。`,
        '本メールは送信専用です。お心当たりのない場合は、お手数ですが破棄をお願いいたします。',
      ],
    },
    paragraph(
      `${issuer.name}\n${issuer.department}\n〒${issuer.postalCode} ${issuer.address}\n電話 ${issuer.phone}`,
    ),
  ];
}

function forColleague({ to, case: c, settings }: LetterView, blocks: readonly Block[]): Block[] {
  return [
    paragraph(`${actorNames[to]}各位`),
    ...blocks,
    {
      kind: 'facts',
      rows: [
        { label: '受付番号', value: c.id },
        {
          label: 'お客さま',
          value: addressed(c.customer, ' '),
        },
      ],
    },
    paragraph(`${settings.issuer.name} データ移行支援`),
  ];
}

function addressed({ company, person }: LetterView['case']['customer'], between: string): string {
  return [oneLine(company, 200), `${oneLine(person, 200)} 様`].filter(Boolean).join(between);
}
