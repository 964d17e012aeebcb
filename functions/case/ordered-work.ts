import type { Case } from './case.ts';
import { orderedQuotes } from './invoice.ts';
import { chosenOffers } from './web-fixes/ordered.ts';

/** Work that the customer has ordered besides the moving of data, or that an acceptance check has shown to be due. */
export interface OrderedWork {
  /** What the sign-off posts for it; stays while the case does not change. */
  key: string;
  label: string;
}

const longest = 120;

/**
 * Fixes (R9) and additional work of the formal quote, extra work (R17), and rework within the scope (R37), in this order:
 * what must not be forgotten before the work is signed off. Empty before an order.
 */
export function orderedWork(c: Case): OrderedWork[] {
  if (!c.forms.order) return [];
  const review = c.forms['formal-quote-review']?.value ?? {};
  const work: OrderedWork[] = chosenOffers(c).map(({ key, label, hours }) => ({
    key,
    label: `修正：${shortened(label)}（${hours}時間）`,
  }));
  const hours = Number(review.extraHours ?? 0);
  if (hours > 0) {
    work.push({
      key: 'additional',
      label: `追加の作業：${shortened(String(review.extraLabel || '追加作業'))}（${hours}時間）`,
    });
  }
  const [, ...extras] = orderedQuotes(c);
  for (const { number, scope } of extras) {
    work.push({ key: number, label: `追加のご注文 ${number}：${shortened(scope.join('、'))}` });
  }
  const rework = c.forms['rework-assessment'];
  if (rework?.value.scope === 'in') {
    work.push({
      key: rework.taskId,
      label: `検収不合格のやり直し：${shortened(String(rework.value.description))}`,
    });
  }
  return work;
}

/** In one line. */
function shortened(text: string): string {
  const signs = [...text.replace(/\s+/g, ' ').trim()];
  return signs.length <= longest ? signs.join('') : `${signs.slice(0, longest - 1).join('')}…`;
}
