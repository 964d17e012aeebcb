import type { Case, Plan } from '../../case/case.ts';
import { customerName } from '../../case/customer-name.ts';
import { planNames, serverNames } from '../../case/eligibility.ts';
import { signedOff } from '../../case/forms/migration-sign-off.ts';
import { orderedQuotes } from '../../case/invoice.ts';
import { resultCounts } from '../../case/result-counts.ts';
import type { Settings } from '../../case/settings.ts';
import { dateText, dayText, grouped, momentText } from '../../case/wording.ts';
import { bullets, heading, title, write } from './blocks.ts';
import { opening } from './opening.ts';
import { area, colours, Sheet } from './sheet.ts';
import { type Column, table } from './table.ts';

const columns: readonly Column[] = [
  { title: '作業', width: 120 },
  { title: '結果（記録による確認）', width: 279 },
  { title: '合格', width: 50, align: 'center' },
  { title: '不合格', width: 50, align: 'center' },
];

/**
 * 検収書 (R37), addressed to the partner: the list of work with its proof from the ledger, and the customer's verdict once
 * it was handed in; until then a form to read, print and sign.
 */
export async function certificatePdf(
  c: Pick<Case, 'id' | 'customer' | 'plans' | 'transfers' | 'forms' | 'tasks' | 'quotes' | 'updatedAt'>,
  settings: Pick<Settings, 'partner' | 'issuer' | 'sample'>,
): Promise<Uint8Array> {
  const task = c.tasks.findLast(({ kind }) => kind === 'acceptance');
  const handedIn = task && c.forms.acceptance?.taskId === task.id ? c.forms.acceptance : undefined;
  const value = handedIn?.value ?? {};
  const ordered = c.forms.order ? orderedQuotes(c) : [];
  const sheet = new Sheet({
    title: `検収書 ${c.id}`,
    author: customerName(c.customer),
    createdAt: new Date(handedIn?.at ?? task?.openedAt ?? c.updatedAt),
    sample: settings.sample,
    foot: `検収書 ${c.id}${settings.sample ? '　見本' : ''}`,
  });
  title(sheet, '検収書');
  opening(sheet, {
    recipient: `${settings.partner.name} 御中`,
    greeting: `下記の移行作業について、動作確認等を実施した結果を提出します。\n${settings.issuer.name} データ移行支援オプション（${serverNames[c.customer.serverKind]}）`,
    issuer: {
      name: customerName(c.customer),
      ...(c.customer.company && { department: `担当　${c.customer.person}` }),
    },
    facts: [
      ['受付番号', c.id],
      ...(ordered.length > 0
        ? ([['見積番号', ordered.map(({ number }) => number).join('、')]] as const)
        : []),
      ...(task ? ([['提出期限', momentText(task.dueAt)]] as const) : []),
      ...(handedIn ? ([['提出日時', momentText(handedIn.at)]] as const) : []),
    ],
  });
  heading(sheet, '作業の一覧');
  table(
    sheet,
    columns,
    c.plans.map((plan) => {
      const verdict = value[`result${plan[0]?.toUpperCase()}${plan.slice(1)}`];
      return [
        planNames[plan],
        proof(c, plan),
        verdict === 'pass' ? '○' : '□',
        verdict === 'fail' ? '×' : '□',
      ];
    }),
  );
  if (ordered.length > 0) {
    heading(sheet, '作業の範囲');
    bullets(
      sheet,
      ordered.flatMap(({ scope }) => scope),
    );
  }
  heading(sheet, 'ご意見（不合格の場合はその内容）');
  write(sheet, text(value.comment) ?? (handedIn ? 'なし' : '\n\n\n'), { size: 9 });
  signature(sheet, text(value.checkedOn), text(value.signer));
  heading(sheet, 'ご注意');
  bullets(sheet, [
    '本オプションは、検収書の提出をもって完了となります。検収完了後の追加作業は致しかねます。', // R16
    '期限までにご提出がない場合も、自動的に検収完了となることはありません。', // R37
    '検収完了をもって作業完了となり、ご請求を行います。', // R38
  ]);
  return sheet.finish();
}

function proof(c: Pick<Case, 'transfers' | 'forms'>, plan: Plan): string {
  const last = c.transfers.findLast((transfer) => transfer.plan === plan);
  if (!last) return `担当者による作業\n${signedOff(c, plan) ?? ''}`.trim();
  return (
    `${resultCounts(last)
      .map(([label, count]) => `${label} ${grouped(count)}件`)
      .join('、')}\n` + `${dateText(last.finishedAt)} 照合済み（${last.run}回目）`
  );
}

function signature(sheet: Sheet, day: string | undefined, signer: string | undefined): void {
  sheet.room(52);
  sheet.y += 6;
  const top = sheet.y;
  const middle = area.left + area.width / 2;
  write(sheet, `確認日　${day ? dayText(day) : '　　　　年　　月　　日'}`, { size: 10 });
  const below = sheet.y;
  sheet.y = top;
  write(sheet, `検収者　${signer ?? ''}`, { size: 10, x: middle, width: area.width / 2 });
  sheet.y = Math.max(below, sheet.y);
  sheet.pdf
    .moveTo(area.left, sheet.y)
    .lineTo(area.right, sheet.y)
    .lineWidth(0.5)
    .strokeColor(colours.line)
    .stroke();
  sheet.y += 8;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
