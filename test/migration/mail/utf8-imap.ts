import { createServer, type Socket } from 'node:net';

/** What a server insists on that speaks UTF-8 only: RFC 6855 (`UTF8=ONLY`), or RFC 9051 without IMAP4rev1. */
export type Dialect = 'UTF8=ONLY' | 'IMAP4rev2';

const capabilities: Record<Dialect, string> = {
  'UTF8=ONLY': 'IMAP4rev1 ENABLE UTF8=ONLY AUTH=PLAIN SASL-IR UIDPLUS MULTIAPPEND',
  IMAP4rev2: 'IMAP4rev2 AUTH=PLAIN',
};

interface Message {
  uid: number;
  body: Buffer;
  flags: Set<string>;
  date: string;
}

interface Folder {
  subscribed: boolean;
  messages: Message[];
}

/** A command: its line in Latin-1 with `\0n\0` in the place of its n-th literal. */
interface Command {
  tag: string;
  text: string;
  literals: Buffer[];
  marks: string[];
}

/** A stand-in for servers that Debian does not have: it keeps what it is told, and takes names in UTF-8 only. */
export class Utf8Imap {
  readonly folders = new Map<string, Folder>([['INBOX', { subscribed: false, messages: [] }]]);
  /** What was done against the dialect. */
  readonly faults: string[] = [];
  readonly enabled: string[] = [];
  port = 0;
  readonly #dialect: Dialect;
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((socket) => void this.#serve(socket).catch(() => socket.destroy()));
  #uid = 100;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    this.port = typeof address === 'object' && address ? address.port : 0;
    return this;
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  store(name: string, body: Buffer, flags: readonly string[], date: string): number {
    const uid = ++this.#uid;
    this.folders.get(name)!.messages.push({ uid, body, flags: new Set(flags), date });
    return uid;
  }

  async #serve(socket: Socket): Promise<void> {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.write(`* OK [CAPABILITY ${capabilities[this.#dialect]}] ready\r\n`);
    const session = { enabled: false, selected: 'INBOX' };
    for await (const command of commandsOf(socket, this.#dialect, this.faults)) {
      const answer = this.#answer(command, session);
      socket.write(Buffer.concat([...answer.data.map(bytesOf), bytesOf(`${command.tag} ${answer.end}\r\n`)]));
    }
  }

  #answer(command: Command, session: { enabled: boolean; selected: string }): Answer {
    const [, word = '', rest = ''] = /^(UID \w+|\w+) ?(.*)$/is.exec(command.text) ?? [];
    const name = nameIn(rest, command.literals);
    const only = this.#dialect === 'UTF8=ONLY';
    const ofMailbox = /^(LIST|STATUS|SELECT|EXAMINE|CREATE|SUBSCRIBE|APPEND)$/i.test(word);
    if (ofMailbox && !session.enabled) return this.#no(`${word} before ENABLE`);
    if (/[\x80-\xff]/.test(command.text)) return this.#no('8 bits in a line');
    switch (word.toUpperCase()) {
      case 'AUTHENTICATE':
      case 'NOOP':
      case 'CAPABILITY':
        return ok(`* CAPABILITY ${capabilities[this.#dialect]}\r\n`);
      case 'ENABLE':
        this.enabled.push(rest);
        session.enabled = rest === (this.#dialect === 'IMAP4rev2' ? 'IMAP4rev2' : 'UTF8=ACCEPT');
        return ok(`* ENABLED ${rest}\r\n`);
      case 'LIST':
        if (!(only ? /^"" "\*"$/ : /^"" "\*" RETURN \(SUBSCRIBED\)$/).test(rest))
          return this.#no(`LIST ${rest}`);
        return ok(...[...this.folders].map(([name, folder]) => listed(name, folder)));
      case 'NAMESPACE':
        return ok('* NAMESPACE (("" "/")) (("Users/" "/")) NIL\r\n');
      case 'LSUB':
        if (!only) return this.#no('LSUB');
        return ok(
          ...[...this.folders]
            .filter(([, { subscribed }]) => subscribed)
            .map(([name]) => `* LSUB () "/" ${quoted(name)}\r\n`),
        );
      case 'CREATE':
        if (this.folders.has(name)) return { data: [], end: 'NO [ALREADYEXISTS] there' };
        this.folders.set(name, { subscribed: false, messages: [] });
        return ok();
      case 'LOGOUT':
        return ok('* BYE bye\r\n');
    }
    const folder = this.folders.get(/^(UID|NOOP)/i.test(word) ? session.selected : name);
    if (/^FETCH$/i.test(word)) return fetched(this.folders.get(session.selected)!, rest, false);
    if (!folder) return { data: [], end: 'NO [NONEXISTENT] no such mailbox' };
    switch (word.toUpperCase()) {
      case 'SUBSCRIBE':
        folder.subscribed = true;
        return ok();
      case 'STATUS': {
        const numbers = `MESSAGES ${folder.messages.length} UIDNEXT ${this.#uid + 1} UIDVALIDITY 7`;
        return ok(`* STATUS ${quoted(name)} (${numbers})\r\n`);
      }
      case 'SELECT':
      case 'EXAMINE':
        session.selected = name;
        return ok(
          `* ${folder.messages.length} EXISTS\r\n* OK [UIDVALIDITY 7] .\r\n* OK [UIDNEXT ${this.#uid + 1}] .\r\n`,
        );
      case 'UID FETCH':
        return fetched(folder, rest, true);
      case 'UID STORE': {
        const [, set = '', sign = '', flags = ''] = /^(\S+) ([+-])FLAGS\.SILENT \((.*)\)$/.exec(rest) ?? [];
        for (const message of folder.messages.filter(({ uid }) => isIn(set, uid)))
          for (const flag of flags.split(' ')) message.flags[sign === '+' ? 'add' : 'delete'](flag);
        return ok();
      }
      case 'APPEND':
        return this.#append(name, command, rest);
    }
    return { data: [], end: 'BAD unknown command' };
  }

  /** RFC 6855: with UTF8=ONLY a message goes as `UTF8 (~{…})`; RFC 9051 knows no such thing. */
  #append(name: string, { literals, marks }: Command, rest: string): Answer {
    const only = this.#dialect === 'UTF8=ONLY';
    const message = only
      ? / \(([^()]*)\)(?: "([^"]*)")? UTF8 \(\0(\d+)\0\)/y
      : / \(([^()]*)\)(?: "([^"]*)")? \0(\d+)\0$/y;
    message.lastIndex = /^(?:"(?:[^"\\]|\\.)*"|\0\d+\0)/.exec(rest)?.[0].length ?? 0;
    const uids: number[] = [];
    for (let at = message.lastIndex; at < rest.length; at = message.lastIndex) {
      const [, flags = '', date = '', literal] = message.exec(rest) ?? [];
      if (literal === undefined || marks[Number(literal)] !== (only ? '~' : ''))
        return this.#no(`APPEND as ${rest.replaceAll('\0', '#')}`);
      uids.push(this.store(name, literals[Number(literal)]!, flags.split(' ').filter(Boolean), date));
    }
    return { data: [], end: `OK [APPENDUID 7 ${uids.join(',')}] stored` };
  }

  #no(fault: string): Answer {
    this.faults.push(fault);
    return { data: [], end: `NO [CANNOT] ${fault}` };
  }
}

interface Answer {
  data: (string | Buffer)[];
  end: string;
}

const ok = (...data: string[]): Answer => ({ data, end: 'OK done' });
const bytesOf = (text: string | Buffer) => (typeof text === 'string' ? Buffer.from(text) : text);
const quoted = (name: string) => `"${name.replace(/["\\]/g, '\\$&')}"`;
const listed = (name: string, { subscribed }: Folder) =>
  `* LIST (${subscribed ? '\\Subscribed' : ''}) "/" ${quoted(name)}\r\n`;

function nameIn(rest: string, literals: readonly Buffer[]): string {
  const [, text, literal] = /^(?:"((?:[^"\\]|\\.)*)"|\0(\d+)\0)/.exec(rest) ?? [];
  if (literal !== undefined) return literals[Number(literal)]!.toString();
  return text?.replace(/\\(.)/g, '$1') ?? '';
}

function isIn(set: string, value: number): boolean {
  return set.split(',').some((range) => {
    const [from, to = from] = range.split(':').map((part) => (part === '*' ? Infinity : Number(part)));
    return value >= from! && value <= to!;
  });
}

function fetched({ messages }: Folder, rest: string, byUid: boolean): Answer {
  const set = rest.split(' ')[0]!;
  const data = messages.flatMap(({ uid, body, flags, date }, at) => {
    if (!isIn(set, byUid ? uid : at + 1)) return [];
    const start = `* ${at + 1} FETCH (UID ${uid}`;
    if (/BODY\.PEEK\[\]/i.test(rest)) return [`${start} BODY[] {${body.length}}\r\n`, body, ')\r\n'];
    const facts = `FLAGS (${[...flags].join(' ')}) INTERNALDATE "${date}" RFC822.SIZE ${body.length}`;
    return [`${start} ${facts})\r\n`];
  });
  return { data, end: 'OK done' };
}

async function* commandsOf(socket: Socket, dialect: Dialect, faults: string[]): AsyncGenerator<Command> {
  let rest = Buffer.alloc(0);
  const chunks = socket[Symbol.asyncIterator]();
  const until = async (enough: () => boolean) => {
    while (!enough()) {
      const { done, value } = await chunks.next();
      if (done) return false;
      rest = Buffer.concat([rest, value]);
    }
    return true;
  };
  const take = (length: number) => {
    const taken = rest.subarray(0, length);
    rest = rest.subarray(length);
    return taken;
  };
  for (;;) {
    let line = '';
    const literals: Buffer[] = [];
    const marks: string[] = [];
    for (;;) {
      if (!(await until(() => rest.includes('\r\n')))) return;
      line += take(rest.indexOf('\r\n') + 2)
        .toString('latin1')
        .slice(0, -2);
      const [literal, mark = '', length, plus] = /(~?)\{(\d+)(\+?)\}$/.exec(line) ?? [];
      if (literal === undefined) break;
      const most = dialect === 'IMAP4rev2' ? 4096 : 0;
      if (plus && Number(length) > most) faults.push(`${literal} unasked`);
      if (!plus) socket.write('+ go\r\n');
      if (!(await until(() => rest.length >= Number(length)))) return;
      marks.push(mark);
      literals.push(Buffer.from(take(Number(length))));
      line = `${line.slice(0, -literal.length)}\0${literals.length - 1}\0`;
    }
    const [tag = '', ...words] = line.split(' ');
    yield { tag, text: words.join(' '), literals, marks };
  }
}
