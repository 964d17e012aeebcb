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
 * no message of the source and has the very content of one is such a double, and is removed. What came between the run
 * before and this plan may be an APPEND of ours that arrived late, or a person's copy: that and anything else is reported.
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
  const ours = planned.targetBefore?.uidNext ?? 1;
  // Since an earlier run looked: what it stored may have arrived after its last look.
  const from = Math.min(ours, (planned.lookFrom ?? 1) > 1 ? planned.lookFrom! : ours);
  const look = await Look.begin(target, exists, from, claimed);
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
  const late = doubles.filter((uid) => uid < ours);
  const surplus = doubles.filter((uid) => uid >= ours);
  const removed = surplus.length > 0 && (await expunge(target, surplus));
  const mailbox: MailLine = {
    path: `./${user}/${planned.name}`,
    kind: 'mailbox',
    size: 0,
    account: 0,
    mailbox: 0,
  };
  if (removed) {
    verification.tell(mailbox, 'altered', `二重に届いた${surplus.length}通を移行先から取り除きました`);
  } else if (surplus.length > 0) {
    verification.state.counts.unexplained += surplus.length;
    verification.tell(
      mailbox,
      'only-in-target',
      `二重に届いた${surplus.length}通を取り除けません(UIDPLUSなし)`,
    );
  }
  if (late.length > 0) {
    const remark = `前回の照合の後に、移行したメールと同じ内容のメールが${late.length}通届いています。前回の移行が遅れて届いたものか、利用者の写しかは分からないため、残しています`;
    verification.tell(mailbox, 'only-in-target', remark);
  }
  if (look.left > 0) {
    verification.tell(mailbox, 'only-in-target', `移行以外で届いたメールが${look.left}通あります`);
  }
}
