import { readLines, writeJson } from '../ndjson.ts';
import type { Verification } from '../verification.ts';
import { readChunk, readResults } from './chunk-work.ts';
import type { ImapConnection } from './imap/connection.ts';
import { AccountRefusedError } from './imap/errors.ts';
import { holdsMail, listMailboxes } from './imap/list.ts';
import { statusOf } from './imap/status.ts';
import { isShort } from './inventory-lines.ts';
import type { MailJob } from './job.ts';
import * as keys from './keys.ts';
import type { KnownMailboxes } from './known.ts';
import type { MailLine, Result } from './lines.ts';
import { type MailboxTable, readTable } from './mailbox-table.ts';
import { openTarget } from './open-account.ts';
import { removeSurplus } from './remove-surplus.ts';
import { mergeResults, verifyLines } from './verify-lines.ts';

/** A folder whose lines are verified in part or in full, and that is not closed yet. */
interface OpenMailbox {
  mailbox: number;
  firstChunk: number;
  lastChunk: number;
  /** Messages at the target that stand for one of the source. */
  claimed: number;
}

/** What verification remembers between calls, in the same object as the shared state. */
interface MailState {
  account: number;
  open: OpenMailbox[];
  known: KnownMailboxes;
  /** Why the account's mailbox at the target does not open any more; it is not tried for every folder. */
  refused?: string;
  /** Aliases, forwarding and lists. */
  settings: number;
  /** For people, with the summary: accounts for which the target has no room. */
  remarks: string[];
}

const mostRemarks = 20;

/** Goes through the chunks in order; holds what belongs to the present account and folder. */
export class VerifySession {
  readonly #job: MailJob;
  readonly #plan: string;
  readonly #verification: Verification;
  /** Throws when another verification took over. */
  readonly #checkMine: () => Promise<void>;
  readonly #state: MailState;
  #target: ImapConnection | undefined;
  /** Names of the folders that the present account has at the target. */
  #folders: ReadonlySet<string> | undefined;
  #table: MailboxTable | undefined;
  /** UIDs at the target that the present folder's messages have. */
  #claimed: { mailbox: number; uids: Set<number> } | undefined;

  constructor(job: MailJob, plan: string, verification: Verification, checkMine: () => Promise<void>) {
    this.#job = job;
    this.#checkMine = checkMine;
    this.#plan = plan;
    this.#verification = verification;
    const state = verification.state as Verification['state'] & { mail?: MailState };
    state.mail ??= { account: -1, open: [], known: {}, settings: 0, remarks: [] };
    this.#state = state.mail;
  }

  /** What people must know besides the counts. */
  get remarks(): readonly string[] {
    const { settings, remarks } = this.#state;
    if (settings === 0) return remarks;
    const work = `別名・転送・メーリングリストが${settings}件あります。移行先での設定が必要です（内容は移行記録の先頭にあります）。`;
    return [work, ...remarks];
  }

  async verify(chunk: number): Promise<void> {
    const lines = await readChunk(this.#job, this.#plan, chunk);
    const { account, mailbox } = lines[0]!;
    if (this.#state.account !== account) {
      await this.endAccount();
      this.#state.account = account;
      this.#state.known = {};
      delete this.#state.refused;
    }
    await this.#closeAllBut(mailbox);
    const results = await readResults(this.#job, this.#plan, chunk);
    for (const group of groupsOf(lines)) await this.#verifyGroup(chunk, group, results);
    this.#verification.state.chunk = chunk + 1;
    await this.#verification.save();
    await this.#closeAllBut(lines.at(-1)!.mailbox);
  }

  /** Closes the account's folders and keeps what the next run must know of them. */
  async endAccount(): Promise<void> {
    if (this.#state.account < 0) return;
    await this.#closeAllBut(undefined);
    const { user } = await this.#tableOf();
    await writeJson(this.#job.objects, keys.knownMailboxes(this.#job, user), this.#state.known);
    await this.close();
    this.#target = undefined;
    this.#folders = undefined;
    this.#table = undefined;
    this.#claimed = undefined;
  }

  async close(): Promise<void> {
    await this.#target?.logout();
  }

  async #verifyGroup(
    chunk: number,
    lines: readonly MailLine[],
    results: ReadonlyMap<string, Result>,
  ): Promise<void> {
    const { mailbox } = lines[0]!;
    const planned = (await this.#tableOf()).mailboxes[mailbox];
    if (planned?.target === undefined) {
      for (const line of lines) {
        this.#verification.add({ ...line, verified: 'match' });
        if (line.kind === 'setting') this.#state.settings++;
        if (isShort(line) && this.#state.remarks.length < mostRemarks)
          this.#state.remarks.push(`${line.path?.slice(2)}: ${line.remark}`);
      }
      return;
    }
    let open = this.#state.open.find((one) => one.mailbox === mailbox);
    if (!open) {
      open = { mailbox, firstChunk: chunk, lastChunk: chunk, claimed: 0 };
      this.#state.open.push(open);
    }
    open.lastChunk = chunk;
    const claimed = await this.#claimedOf(open);
    const folders = () => this.#foldersOf();
    const where = { job: this.#job, plan: this.#plan, chunk, planned, claimed, folders, results };
    const verified = await this.#unlessRefused(() => verifyLines(where, () => this.#targetOf(), lines));
    for (const line of verified ?? lines.map((line) => unverified(line, results, this.#state.refused)))
      this.#verification.add(line);
    open.claimed = claimed.size;
    await this.#verification.show();
  }

  /** Closes folders with whose lines the verification is done; of a mailbox that does not open nothing is known. */
  async #closeAllBut(mailbox: number | undefined): Promise<void> {
    const ended = this.#state.open.filter((one) => one.mailbox !== mailbox);
    if (ended.length === 0) return;
    await this.#unlessRefused(() => this.#closeFolders(ended));
    this.#state.open = this.#state.open.filter((one) => one.mailbox === mailbox);
    await this.#verification.save();
  }

  async #closeFolders(ended: readonly OpenMailbox[]): Promise<void> {
    const table = await this.#tableOf();
    const target = await this.#targetOf();
    const found = await statusOf(
      target,
      ended.map((one) => table.mailboxes[one.mailbox]!.target!),
    );
    for (const [index, one] of ended.entries()) {
      const planned = table.mailboxes[one.mailbox]!;
      const now = found[index];
      if (now && now.messages > one.claimed) {
        const { user } = table;
        const lines = () => this.#savedLines(one);
        await removeSurplus({ target, planned, user, checkMine: this.#checkMine }, this.#verification, lines);
      }
      this.#state.known[planned.source] = {
        ...(planned.before && { state: planned.before }),
        ...(planned.target !== undefined && { target: planned.target }),
        uidValidity: planned.before?.uidValidity ?? 1,
        targetUidValidity: now?.uidValidity ?? 0,
        targetUidNext: now?.uidNext ?? 1,
        firstChunk: one.firstChunk,
        lastChunk: one.lastChunk,
        account: this.#state.account,
        mailbox: one.mailbox,
      };
    }
  }

  /** A password that was changed at the target meanwhile is this account's trouble: undefined, and the others go on. */
  async #unlessRefused<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.#state.refused !== undefined) return undefined;
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AccountRefusedError)) throw error;
      this.#state.refused = error.message;
      return undefined;
    }
  }

  async #claimedOf(open: OpenMailbox): Promise<Set<number>> {
    if (this.#claimed?.mailbox !== open.mailbox) {
      const uids = new Set<number>();
      for await (const { target } of this.#savedLines(open)) if (target !== undefined) uids.add(target);
      this.#claimed = { mailbox: open.mailbox, uids };
    }
    return this.#claimed.uids;
  }

  async *#savedLines({ mailbox, firstChunk }: OpenMailbox): AsyncGenerator<MailLine> {
    for (const part of this.#verification.state.ledgerParts.slice(firstChunk)) {
      for await (const line of readLines<MailLine>(this.#job.objects, part)) {
        if (line.account === this.#state.account && line.mailbox === mailbox && line.kind === 'message')
          yield line;
      }
    }
  }

  async #tableOf(): Promise<MailboxTable> {
    this.#table ??= await readTable(this.#job, this.#plan, this.#state.account);
    return this.#table;
  }

  async #foldersOf(): Promise<ReadonlySet<string>> {
    this.#folders ??= new Set(
      (await listMailboxes(await this.#targetOf())).filter(holdsMail).map((one) => one.name),
    );
    return this.#folders;
  }

  async #targetOf(): Promise<ImapConnection> {
    if (!this.#target || this.#target.failed) this.#target = await openTarget(this.#job, this.#state.account);
    return this.#target;
  }
}

/** What was moved cannot be looked at: it is not explained before it was. */
function unverified(line: MailLine, results: ReadonlyMap<string, Result>, why: string | undefined): MailLine {
  const [merged] = mergeResults([line], results);
  if (merged!.outcome === 'skipped') return { ...merged!, verified: 'match' };
  return { ...merged!, verified: 'differs', remark: `照合できません: ${why}` };
}

function groupsOf(lines: readonly MailLine[]): MailLine[][] {
  const groups: MailLine[][] = [];
  for (const line of lines) {
    const last = groups.at(-1);
    if (last && last[0]!.mailbox === line.mailbox) last.push(line);
    else groups.push([line]);
  }
  return groups;
}
