import { isLocked } from '../case/lifecycle.ts';
import { customerWording } from '../case/task-wording.ts';
import { tasks } from '../case/tasks.ts';
import { deadlineText, momentText, quoteNames, yenText } from '../case/wording.ts';
import { type Block, type Draft, type LetterView, paragraph } from './letter.ts';

export function wordingOf({ task, case: c, settings: { issuer, partner } }: LetterView) {
  return task && customerWording(task.kind, { issuer: issuer.name, partner: partner.name }, isLocked(c));
}

export function reminder(view: LetterView, title: string): Draft {
  const wording = wordingOf(view);
  const text = wording?.optional
    ? '先にご案内いたしました内容につきまして、期限が近づいておりますので、あらためてご案内いたします。'
    : `先にお願いしております「${title}」につきまして、まだご提出を確認できておりません。期限が近づいておりますので、あらためてご案内いたします。`;
  return {
    subject: `【再送】${wording?.subject ?? title}（期限が近づいています）`,
    blocks: [
      paragraph(`${text}行き違いでお手続きいただいている場合は、ご容赦ください。`),
      ...particulars(view),
    ],
  };
}

export function asking(view: LetterView): Block[] {
  const wording = wordingOf(view);
  return [...(wording ? [paragraph(wording.ask)] : []), ...particulars(view)];
}

/** What it is about, by when, the link, and what happens otherwise. */
export function particulars(view: LetterView): Block[] {
  const { task, quote, link, attachments } = view;
  const wording = wordingOf(view);
  const rows = [
    { label: '受付番号', value: view.case.id },
    ...(task ? [{ label: 'お願いしたいこと', value: tasks[task.kind].title }] : []),
    ...(quote
      ? [
          { label: quoteNames[quote.kind], value: `${quote.number} ${yenText(quote.total)}（税込）` },
          { label: 'お見積もりの有効期限', value: momentText(quote.validUntil) },
        ]
      : []),
    ...(task ? [{ label: '期限', value: deadlineText(task.dueAt) }] : []),
    ...(attachments?.length ? [{ label: '添付', value: attachments.join('、') }] : []),
  ];
  return [
    { kind: 'facts', rows },
    ...(link ? ([{ kind: 'link', label: 'お手続きのページを開く', href: link }] as const) : []),
    ...(wording ? [paragraph(wording.ifNot)] : []),
    ...(link
      ? [paragraph('このリンクはお客さま専用です。ほかの方に転送なさらないようお願いいたします。')]
      : []),
  ];
}

export function receipt(view: LetterView, title: string): Block[] {
  const { task, received = [], asksHolders } = view;
  const wording = wordingOf(view);
  return [
    paragraph(
      `「${title}」のお手続きをいただき、ありがとうございます。次の内容で受け付けましたので、お知らせいたします。`,
    ),
    {
      kind: 'facts',
      rows: [
        { label: '受付番号', value: view.case.id },
        ...(task?.completedAt
          ? [{ label: '受付日時', value: `${momentText(task.completedAt)}（日本時間）` }]
          : []),
      ],
    },
    ...received.map(
      (section): Block => ({
        kind: 'list',
        title: section.title,
        items: section.answers.map(({ label, value }) => `${label.replace(/。$/, '')}: ${value}`),
      }),
    ),
    ...(wording ? [next([...(asksHolders ? [shareLinks] : []), ...wording.next])] : []),
  ];
}

/** The page after the step is the only way to the links: the letter leads back to it. */
const shareLinks = `メールのパスワードを、お使いの方それぞれにご入力いただきます。「${tasks['source-access'].title}」のメールのリンクをもう一度開いて「お一人ずつのリンクを表示する」を押し、それぞれの方にその方のリンクをお渡しください。入力の状況も、そのページでご覧いただけます。`;

/** R36, R19, R20: when, what the customer does, and what comes after. */
export function scheduled({ case: c, schedule, settings: { partner } }: LetterView): Block[] {
  return [
    paragraph(
      '移行作業の日程が決まりましたので、お知らせいたします。作業の前に、お客さまにて必ずデータのバックアップを行ってください。',
    ),
    {
      kind: 'facts',
      rows: [
        { label: '受付番号', value: c.id },
        ...(schedule
          ? [
              { label: '開始日時', value: `${momentText(schedule.startsAt)}（日本時間）` },
              { label: '作業時間の終わり', value: `${momentText(schedule.windowEndsAt)}（日本時間）` },
              ...(schedule.copyHours
                ? [{ label: 'コピーを行う時間帯', value: `${schedule.copyHours}（日本時間）` }]
                : []),
            ]
          : []),
      ],
    },
    ...(schedule?.customerWork ? [quoted('お客さまにお願いする作業', schedule.customerWork)] : []),
    paragraph(
      `作業の状況により、日時が変わる場合があります。ご都合が悪い場合は、作業を行う${partner.name}（${partner.phone}）までご連絡ください。`,
    ),
    next(['移行作業が終わりましたら、動作確認と検収書のご提出をお願いするメールをお送りします。']),
  ];
}

export function next(items: readonly string[]): Block {
  return { kind: 'list', title: 'このあとの流れ', items };
}

export function quoted(title: string, text: string): Block {
  return { kind: 'quoted', title, text };
}
