import { tasks } from '../case/tasks.ts';
import { momentText } from '../case/wording.ts';
import {
  asking,
  next,
  particulars,
  quoted,
  receipt,
  reminder,
  scheduled,
  wordingOf,
} from './customer-blocks.ts';
import { type Draft, type LetterView, paragraph } from './letter.ts';

/** What a customer is told, by letter. Only what the case's record says; nothing is promised that a person decides later. */
export function customerDraft(view: LetterView): Draft {
  const title = view.task ? tasks[view.task.kind].title : 'お手続き';
  switch (view.letter) {
    case 'task-opened':
    case 'simple-quote':
      return { subject: wordingOf(view)?.subject ?? `${title}のお願い`, blocks: asking(view) };
    case 'task-returned':
      return {
        subject: `${title}：修正のお願い`,
        blocks: [
          paragraph(
            `ご提出いただきました「${title}」を確認いたしましたところ、修正をお願いしたい点がございました。お手数をおかけしますが、次の内容をご確認のうえ、あらためてご提出をお願いいたします。`,
          ),
          ...(view.task?.remarks ? [quoted('修正をお願いしたい点', view.task.remarks)] : []),
          ...particulars(view),
        ],
      };
    case 'task-reminder':
      return reminder(view, title);
    case 'task-expired':
      return {
        subject: `${title}の期限が過ぎました`,
        blocks: [
          paragraph(
            `「${title}」につきまして、期限${view.task ? `（${momentText(view.task.dueAt)}）` : ''}までにご提出を確認できませんでした。お送りしていたリンクは、ご利用いただけなくなりました。`,
          ),
          paragraph(
            '弊社の担当者よりあらためてご連絡し、期限の延長などをご相談いたします。お急ぎの場合は、下記のお問い合わせ先までご連絡ください。期限が過ぎたことで、お申し込みや検収が自動的に成立することはありません。',
          ),
        ],
      };
    case 'received':
      return { subject: `${title}を受け付けました`, blocks: receipt(view, title) };
    case 'accepted':
      return {
        subject: 'お申し込みを受理いたしました',
        blocks: [
          paragraph(
            'データ移行支援のお申し込みに記入漏れ等がないことを確認し、受理いたしました。受理後のキャンセル・変更はできませんので、ご了承ください。',
          ),
          next([
            '移行元サーバの情報を、あらためてお伺いするメールをお送りします。',
            `${view.settings.partner.name}が移行の詳細と移行日の調整のため、直接ご連絡します。お客さまでの作業が必要な場合があります。`,
            '移行作業の前に、お客さまにて必ずデータのバックアップを行ってください。',
          ]),
        ],
      };
    case 'migration-scheduled':
      return { subject: '移行作業の日程のお知らせ', blocks: scheduled(view) };
    case 'declined':
      return {
        subject: '環境調査の結果について',
        blocks: [
          paragraph(
            '環境調査の結果、誠に申し訳ございませんが、今回のデータ移行はお引き受けいたしかねることとなりました。ご希望に添えず、お詫び申し上げます。',
          ),
          ...(view.reason ? [quoted('理由', view.reason)] : []),
          paragraph(
            '環境調査のためにお預かりしたデータと接続情報は、速やかに消去いたします。ご不明な点は、下記のお問い合わせ先までご連絡ください。',
          ),
        ],
      };
    case 'closed':
      return {
        subject: 'お手続きを終了いたしました',
        blocks: [
          paragraph(
            'データ移行支援のお手続きを終了いたしました。お預かりしたデータと接続情報は、速やかに消去いたします。',
          ),
          paragraph('あらためてご検討の際は、下記のお問い合わせ先までご連絡ください。'),
        ],
      };
    case 'completed':
      return {
        subject: '検収が完了いたしました',
        blocks: [
          paragraph(
            '検収書を受理し、検収が完了いたしました。これをもちまして、データ移行支援の作業は完了となります。ご請求書は、別途お送りいたします。検収完了後の追加作業は致しかねますので、ご了承ください。',
          ),
          paragraph(
            '移行のためにお預かりしたデータと接続情報は、速やかに消去いたします。このたびはご利用いただき、誠にありがとうございました。',
          ),
        ],
      };
    default:
      return { subject: 'お知らせ', blocks: particulars(view) };
  }
}
