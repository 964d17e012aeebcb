import type { Case, LetterName, OutboxEntry, Task } from '../case/case.ts';
import type { Invoice } from '../case/invoice.ts';
import type { Quote } from '../case/quote.ts';
import type { Settings } from '../case/settings.ts';

/** All that a letter may know. Of a task only what is meant for people: neither token nor seed can get into a mail. */
export interface LetterView {
  letter: LetterName;
  to: Extract<OutboxEntry, { kind: 'mail' }>['to'];
  case: Pick<Case, 'id' | 'customer' | 'plans' | 'stage'>;
  settings: Pick<Settings, 'issuer' | 'partner' | 'support' | 'sample'>;
  task?: Pick<Task, 'kind' | 'dueAt' | 'remarks' | 'facts' | 'completedAt'>;
  /** The one address that the letter leads to: the customer's link, or the case in the console. */
  link?: string;
  quote?: Pick<Quote, 'number' | 'kind' | 'total' | 'validUntil'>;
  /** What was received (R34): questions and answers, without secrets. */
  received?: readonly { title: string; answers: readonly { label: string; value: string }[] }[];
  /** What is left to do by hand at a source whose log-in is erased. */
  leftToDo?: string;
  /** Why we decline, in words for the customer (R15). */
  reason?: string;
  /** What was arranged for the migration (R36); instants, and the hours for copies in words (R23). */
  schedule?: { startsAt: string; windowEndsAt: string; copyHours?: string; customerWork?: string };
  /** Everybody gives the password of their own mailbox, and somebody has not yet. */
  asksHolders?: boolean;
  invoice?: Pick<Invoice, 'invoiceId' | 'total' | 'issuedOn' | 'recipient'>;
  /** Names of the files that go with it. */
  attachments?: readonly string[];
}

export interface Letter {
  subject: string;
  text: string;
  html: string;
}

/** A letter before it is set as text or as HTML. */
export type Block =
  | { kind: 'paragraph'; text: string }
  | { kind: 'facts'; rows: readonly { label: string; value: string }[] }
  | { kind: 'list'; title?: string; items: readonly string[] }
  | { kind: 'quoted'; title: string; text: string }
  | { kind: 'link'; label: string; href: string };

export interface Draft {
  /** Without the reference, which every subject gets. */
  subject: string;
  blocks: Block[];
}

export const paragraph = (text: string): Block => ({ kind: 'paragraph', text });
