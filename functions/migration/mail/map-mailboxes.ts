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
 * target cannot hold. Two folders never become one.
 */
export function mapMailboxes(source: End, target: End): MappedMailbox[] {
  const targets = target.mailboxes.map((one) => ({ one, path: levels(target, one) }));
  const taken = new Set(['inbox']);
  const special = new Map<string, string[]>();
  for (const { one, path } of targets) {
    const use = specialUse(one.attributes, path);
    if (use && holdsMail(one) && (!special.has(use) || one.attributes.includes(use))) special.set(use, path);
  }
  const all = source.mailboxes.map((one) => ({ one, path: levels(source, one) }));
  // A folder that the server calls special takes the target's before one that is only named so.
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
    if (source.foreign.some(({ prefix }) => one.name.startsWith(prefix))) {
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
}

/** Levels of a name, without the personal prefix. */
function levels({ personal, readable }: End, one: Mailbox): string[] {
  if (one.name === 'INBOX') return ['INBOX'];
  const bare = one.name.startsWith(personal.prefix) ? one.name.slice(personal.prefix.length) : one.name;
  const separator = one.separator || personal.separator;
  return separator ? bare.split(separator).map(readable) : [readable(bare)];
}

const rank = (one: Mailbox, path: string[]) =>
  one.name === 'INBOX' ? 0 : specialUse(one.attributes, []) ? 1 : specialUse([], path) ? 2 : 3;

const keyOf = (path: readonly string[]) => path.join('\0').toLowerCase();

function difference(path: readonly string[], target: readonly string[]): { how?: string } {
  if (path.join('\0') === target.join('\0')) return {};
  return { how: `移行先でのフォルダ名: ${target.join(' / ')}` };
}
