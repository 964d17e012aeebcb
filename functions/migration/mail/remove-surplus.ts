import type { Verification } from '../verification.ts';
import type { ImapConnection } from './imap/connection.ts';
import { expunge } from './imap/expunge.ts';
import { selectMailbox } from './imap/select.ts';
import type { MailLine } from './lines.ts';
import { Look } from './look.ts';
import type { PlannedMailbox } from './mailbox-table.ts';

interface Folder {
  target: ImapConnection;
  planned: PlannedMailbox;
  user: string;
  /** Throws when another verification took over: which copy stays is decided by one. */
  checkMine: () => Promise<void>;
}

/**
 * Two runs of one chunk in the same moment may have stored a message twice. What came after the plan was made, stands for
 * no message of the source and has the very content of one is such a double, and is removed; anything else at the target
 * is other people's mail and only reported.
 */
export async function removeSurplus(
  { target, planned, user, checkMine }: Folder,
  verification: Verification,
  linesOf: () => AsyncIterable<MailLine>,
): Promise<void> {
  // What was there before us is not known: doubles may be somebody's own.
  if (!planned.targetBefore && !planned.created) return;
  const claimed = new Set<number>();
  for await (const line of linesOf()) if (line.target !== undefined) claimed.add(line.target);
  const { exists } = await selectMailbox(target, planned.target!, 'SELECT');
  const look = await Look.begin(target, exists, planned.targetBefore?.uidNext ?? 1, claimed);
  if (look.nothingThere) return;
  const doubles: number[] = [];
  let sought: {
    uid: number;
    identity: { size: number; sha256: string; canonicalSize: number; canonicalSha256: string };
  }[] = [];
  const search = async () => {
    // The same content may be there more than twice.
    for (let found = await look.find(sought); found.size > 0; found = await look.find(sought)) {
      doubles.push(...[...found.values()].map((one) => one.target));
    }
    sought = [];
  };
  for await (const line of linesOf()) {
    if (line.target === undefined || line.sha256 === undefined) continue;
    const size = line.targetSize ?? line.size;
    const sha256 = line.targetSha256 ?? line.sha256;
    sought.push({ uid: line.uid!, identity: { size, sha256, canonicalSize: size, canonicalSha256: sha256 } });
    if (sought.length >= 1000) await search();
  }
  await search();
  await checkMine();
  const removed = doubles.length > 0 && (await expunge(target, doubles));
  const mailbox: MailLine = {
    path: `./${user}/${planned.name}`,
    kind: 'mailbox',
    size: 0,
    account: 0,
    mailbox: 0,
  };
  if (removed) {
    verification.tell(mailbox, 'altered', `二重に届いた${doubles.length}通を移行先から取り除きました`);
  } else if (doubles.length > 0) {
    verification.state.counts.unexplained += doubles.length;
    verification.tell(
      mailbox,
      'only-in-target',
      `二重に届いた${doubles.length}通を取り除けません(UIDPLUSなし)`,
    );
  }
  if (look.left > 0) {
    verification.tell(mailbox, 'only-in-target', `移行以外で届いたメールが${look.left}通あります`);
  }
}
