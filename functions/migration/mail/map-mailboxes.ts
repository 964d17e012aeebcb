import { holdsMail, type Mailbox, type Namespace } from './imap/list.ts';
import { legalName } from './legal-name.ts';
import { specialUse } from './special-use.ts';

/** One end's folders, and how it writes their names. */
export interface End {
  mailboxes: readonly Mailbox[];
  personal: Namespace;
  foreign: readonly Namespace[];
  readable(wire: string): string;
}

export interface MappedMailbox {
  /** As the source's server writes it. */
  source: string;
  /** Levels as a person knows them; the inbox is `INBOX`. */
  path: string[];
  /** Levels at the target; absent when it does not go there. */
  target?: string[];
  subscribed: boolean;
  /** It holds folders only, and comes into being with them. */
  container?: true;
  /** In what its name differs at the target. */
  how?: string;
  /** Why it does not go there. */
  why?: string;
}

/**
 * Where each folder goes: prefixes and separators of both ends, special use onto the target's own folders, names that the
 * target cannot hold. Two folders never become one. `before` names the target's folders of an earlier run: while they are
 * there they stay the same, whatever folders a mail program has made at the target since.
 */
export function mapMailboxes(
  source: End,
  target: End,
  before: ReadonlyMap<string, string> = new Map(),
): MappedMailbox[] {
  const taken = new Set(['inbox']);
  const special = specialOf(target);
  const there = new Map(
    target.mailboxes.filter(holdsMail).map((one) => [one.name, levels(target, one)] as const),
  );
  const keptOf = ({ name }: Mailbox) => there.get(before.get(name) ?? '');
  const all = source.mailboxes.map((one) => ({ one, path: levels(source, one) }));
  const order = [...all].sort(
    (a, b) => rank(a.one, a.path) - rank(b.one, b.path) || (a.one.name < b.one.name ? -1 : 1),
  );
  const mapped = new Map<string, MappedMailbox>();
  for (const { one, path } of order) mapped.set(one.name, mapOne(one, path));
  return all
    .map(({ one }) => mapped.get(one.name)!)
    .sort(
      (a, b) => Number(b.source === 'INBOX') - Number(a.source === 'INBOX') || (a.source < b.source ? -1 : 1),
    );

  function mapOne(one: Mailbox, path: string[]): MappedMailbox {
    const mailbox = { source: one.name, path, subscribed: one.subscribed };
    if (isForeign(source, one)) {
      return { ...mailbox, why: '他の利用者または共有のフォルダです' };
    }
    if (one.attributes.includes('\\flagged') || one.attributes.includes('\\important')) {
      return { ...mailbox, why: '他のフォルダのメールを集めて見せる仮想フォルダです' };
    }
    if (!holdsMail(one)) {
      const below = one.name + one.separator;
      const children = source.mailboxes.some((other) => other.name.startsWith(below) && holdsMail(other));
      return children
        ? { ...mailbox, container: true }
        : { ...mailbox, why: 'メールも下位フォルダも持てないフォルダです' };
    }
    if (one.name === 'INBOX') return { ...mailbox, target: ['INBOX'] };
    const kept = keptOf(one);
    if (kept && !taken.has(keyOf(kept))) {
      taken.add(keyOf(kept));
      return { ...mailbox, target: kept, ...difference(path, kept) };
    }
    const use = specialUse(one.attributes, path);
    const own = use && special.get(use);
    if (use && own && !taken.has(keyOf(own))) {
      special.delete(use);
      taken.add(keyOf(own));
      return { ...mailbox, target: own, ...difference(path, own) };
    }
    const wanted = path.map((level) => legalName(level, target.personal.separator));
    // `INBOX` below a prefix is a folder like others; at the first level it would be the inbox itself.
    if (wanted.length === 1 && /^inbox$/i.test(wanted[0]!)) wanted[0] = `${wanted[0]} (2)`;
    for (let number = 2; taken.has(keyOf(wanted)); number++) {
      wanted[wanted.length - 1] = `${legalName(path.at(-1)!, target.personal.separator)} (${number})`;
    }
    taken.add(keyOf(wanted));
    return { ...mailbox, target: wanted, ...difference(path, wanted) };
  }

  /**
   * Who chooses first: what was mapped before; then what the server calls special takes the target's folder of that use before one that is only named
   * so; of those the one that is named as the target's.
   */
  function rank(one: Mailbox, path: string[]): number {
    if (one.name === 'INBOX') return 0;
    if (keptOf(one)) return 1;
    if (specialUse(one.attributes, [])) return 2;
    const own = special.get(specialUse([], path) ?? '');
    if (!own) return 5;
    return keyOf(own) === keyOf(path) ? 3 : 4;
  }
}

/** The folders for each special use; what the server calls so counts before what is only named so. */
function specialOf(target: End): Map<string, string[]> {
  const special = new Map<string, string[]>();
  for (const told of [true, false]) {
    for (const one of target.mailboxes) {
      if (!holdsMail(one) || isForeign(target, one)) continue;
      const path = levels(target, one);
      const use = told ? specialUse(one.attributes, []) : specialUse([], path);
      if (use && !special.has(use)) special.set(use, path);
    }
  }
  return special;
}

const isForeign = ({ foreign }: End, { name }: Mailbox) =>
  foreign.some(({ prefix }) => name.startsWith(prefix));

/** Levels of a name, without the personal prefix. */
function levels({ personal, readable }: End, one: Mailbox): string[] {
  if (one.name === 'INBOX') return ['INBOX'];
  const { prefix } = personal;
  // The inbox, and what is below it, is written in any case.
  const below = /^inbox./i.test(prefix)
    ? one.name.toUpperCase().startsWith(prefix.toUpperCase())
    : one.name.startsWith(prefix);
  const bare = below ? one.name.slice(prefix.length) : one.name;
  const separator = one.separator || personal.separator;
  return separator ? bare.split(separator).map(readable) : [readable(bare)];
}

const keyOf = (path: readonly string[]) => path.join('\0').toLowerCase();

function difference(path: readonly string[], target: readonly string[]): { how?: string } {
  if (path.join('\0') === target.join('\0')) return {};
  return { how: `移行先でのフォルダ名: ${target.join(' / ')}` };
}
