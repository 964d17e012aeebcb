import type { Case } from '../../functions/case/case.ts';
import { tasks } from '../../functions/case/tasks.ts';
import type { Product } from '../product.ts';

export function mailsOf(product: Product) {
  return product.mailbox.listMails({ limit: 1000 });
}

/** Each mail once: as it was sent, as a link to a step, as a receipt for what was handed in. Sentences of what is not so. */
export function problemsWithMails(c: Case, product: Product): string[] {
  const mails = mailsOf(product);
  const steps = c.tasks.filter(({ kind }) => tasks[kind].actor === 'customer').length;
  const links = mails.flatMap(({ id }) => {
    const text = product.mailbox.readMail(id)?.text ?? '';
    return /\/t\/([A-Za-z0-9_-]{43})\b/.exec(text)?.[1] ?? [];
  });
  const receipts = mails.filter(
    ({ to, subject }) => to === c.customer.mail && subject.includes('受け付けました'),
  );
  const found = mails
    .filter(({ timesSent }) => timesSent !== 1)
    .map(({ subject }) => `二度送られたメールがあります: ${subject}`);
  if (links.length !== steps || new Set(links).size !== steps)
    found.push(`お客さまの手続き${steps}件に対して、リンクのメールが${links.length}通あります`);
  if (receipts.length !== steps)
    found.push(`お客さまの手続き${steps}件に対して、受付確認のメールが${receipts.length}通あります`);
  return found;
}
