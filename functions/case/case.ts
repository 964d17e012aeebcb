import type { CheckedServer, ConnectionCheck } from './connection-check.ts';
import type { DatabaseSurvey } from './database-survey.ts';
import type { Invoice } from './invoice.ts';
import type { Flow } from './ports.ts';
import type { Quote } from './quote.ts';
import type { SurveyReport } from './survey.ts';
import type { TaskKind } from './tasks.ts';
import type { WebFixes } from './web-fixes/web-fixes.ts';

/** Who acts. `system` is the workflow itself. */
export type Actor = 'customer' | 'staff' | 'engineer' | 'finance' | 'system';

export const plans = ['web', 'database', 'mail', 'cybozu'] as const;
export type Plan = (typeof plans)[number];

export type ServerKind = 'managed' | 'smile';

/** Where a case stands. What may follow is in lifecycle.ts. */
export type Stage =
  | 'opened'
  | 'hearing' // 4.1: the hearing sheet is being filled in and reviewed
  | 'consulting' // R11: staff talk with the customer, no automatic quote
  | 'simple-quoted'
  | 'consenting' // 4.2: the consent form is being filled in and reviewed
  | 'surveying'
  | 'quoting' // the formal quote is being reviewed by staff
  | 'formal-quoted' // the customer may order until the quote expires
  | 'reviewing-order' // received, can still be sent back for correction
  | 'ordered' // R33: accepted; neither cancelled nor changed from here on
  | 'migrating'
  | 'checking' // R37: the customer checks and returns the certificate
  | 'reworking' // a failed check is being assessed, or extra work is being quoted
  | 'completed' // R38: acceptance complete
  | 'invoiced'
  | 'declined' // R15
  | 'closed'; // expired or given up by staff before an order was accepted

/** One human step, one generation of it. A step that is sent back or opened again is a new record. */
export interface Task {
  /** `hearing-sheet.1`: kind and generation. */
  id: string;
  kind: TaskKind;
  generation: number;
  /** open -> completed | expired | withdrawn, and nothing else. */
  status: 'open' | 'completed' | 'expired' | 'withdrawn';
  openedAt: string;
  /** The last instant at which a submission counts. */
  dueAt: string;
  remindersSent: number;
  /** Step Functions' task token: a credential. Never in a page, a mail or a log. */
  token: string;
  /** Random bits (hex) from which the link is derived, see link-token.ts. Customer tasks only. */
  linkSeed?: string;
  /** Why the step was opened again, written by the person who sent it back. */
  remarks?: string;
  /** Small facts that the page of this step shows, e.g. which task an escalation is about. */
  facts?: Record<string, string>;
  completedAt?: string;
  completedBy?: string;
  /** In place of an answer: an earlier step opens again, and why (ask-access-again.ts). */
  sentBack?: { kind: TaskKind; remarks: string };
  /** What the workflow was told: small facts only. */
  result?: Record<string, unknown>;
}

/** What a customer was shown before a flow (R25, R40). */
export interface DocumentShown {
  flow: Flow;
  id: string;
  title: string;
  revision: string;
  sha256: string;
  shownAt: string;
}

export interface TransferSummary {
  plan: Plan;
  run: number;
  objects: number;
  bytes: number;
  moved: number;
  altered: number;
  skipped: number;
  unchanged: number;
  unexplained: number;
  ledgerKey: string;
  finishedAt: string;
  /** For people: what holds for the whole of it, e.g. how file names were converted. */
  remarks?: string[];
  /** Some of what was left out, and why; the ledger has all of it. */
  examples?: { object: string; reason: string }[];
}

/** Why a transfer stopped: an error's name and what staff can read of it. Gone when the plan's transfer succeeds. */
export interface TransferProblem {
  plan: Plan;
  run: number;
  error: string;
  message: string;
  at: string;
}

export interface Erasure {
  at: string;
  reason: 'survey-closed' | 'migration-closed' | 'declined' | 'closed';
  objects: number;
  secrets: number;
}

/** A valid form as it was handed in, with the moment, the person and the address it came from. */
export interface Submission {
  taskId: string;
  at: string;
  by: string;
  address?: string;
  value: Record<string, unknown>;
}

export interface Case {
  /** A reference that can be read out: see reference.ts. */
  id: string;
  version: number;
  stage: Stage;
  createdAt: string;
  updatedAt: string;
  customer: {
    company: string;
    person: string;
    mail: string;
    contractNumber: string;
    serverKind: ServerKind;
    /** A Smile Server customer whose platform is being migrated (R11). */
    platformMigration: boolean;
  };
  plans: Plan[];
  /** How often each flow was started: names executions. */
  runs: Partial<Record<Flow, number>>;
  documents: DocumentShown[];
  tasks: Task[];
  /** The latest accepted submission of each form. Passwords are never here: they are in the vault. */
  forms: Partial<Record<TaskKind, Submission>>;
  quotes: Quote[];
  survey?: SurveyReport;
  /** The search for what the move will break in web data, and which fixes are approved (R9). */
  webFixes?: WebFixes;
  /** What was read of the source's databases. */
  databaseSurvey?: DatabaseSurvey;
  transfers: TransferSummary[];
  problems: TransferProblem[];
  erasures: Erasure[];
  /** What servers showed when an engineer had the connection to them checked. */
  connections?: Partial<Record<CheckedServer, ConnectionCheck>>;
  /** Earliest reminder of the open tasks; absent when there is none to send. */
  nextReminderAt?: string;
  /** As it was issued: a tax record (R38). */
  invoice?: Invoice;
}

export interface HistoryEntry {
  caseId: string;
  /** Ascending within a case. */
  number: number;
  at: string;
  actor: Actor;
  /** Who exactly: a mail address, a staff name, a function. */
  by: string;
  /** `task-opened`, `task-completed`, `quote-issued` … */
  what: string;
  details: Record<string, string | number | boolean>;
}

export type OutboxEntry = {
  /** Stable: derived from the case, the decision and its place in it. */
  id: string;
  caseId: string;
  createdAt: string;
} & (
  | {
      kind: 'mail';
      letter: LetterName;
      to: 'customer' | 'staff' | 'engineer' | 'finance';
      /** The task whose link the letter carries, or that it reports on. */
      taskId?: string;
      /** Number of a quote or of an invoice that is attached or reported. */
      about?: string;
    }
  | { kind: 'event'; type: string; detail: Record<string, unknown> }
  | { kind: 'task-result'; taskId: string }
  | { kind: 'flow'; flow: Flow; name: string; input: Record<string, unknown> }
);

export type LetterName =
  | 'task-opened' // please do this step: one text for each kind of task
  | 'task-returned' // please correct it (差戻し), with the remarks
  | 'task-reminder'
  | 'survey-refused' // to the engineers: what is wrong with the file, line by line
  | 'task-expired' // the deadline has passed; staff will be in touch
  | 'received' // R34: what we received
  | 'simple-quote' // R27, R28
  | 'migration-scheduled' // R36: when it begins, and what the customer does
  | 'accepted' // R35: the order is accepted and can no longer be changed
  | 'declined' // R15
  | 'closed'
  | 'completed' // R38
  | 'source-still-closed' // to colleagues: a file has to be deleted at the source by hand
  | 'invoice-issued'; // to finance
