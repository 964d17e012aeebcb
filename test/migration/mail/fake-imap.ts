import { createServer, type Socket } from 'node:net';

export interface FakeMessage {
  uid: number;
  body: Buffer;
  flags?: string[];
  date?: string;
  /** Announced by RFC822.SIZE instead of the length. */
  size?: number;
}

export interface FakeServer {
  greeting?: string;
  capabilities?: string;
  /** Lines of LIST, without `* LIST `. */
  mailboxes?: string[];
  messages?: FakeMessage[];
  /** In place of the answer to a command that matches; undefined: the usual answer. */
  answer?: (command: string, tag: string, socket: Socket) => string | Buffer | undefined;
  /** The whole FETCH response of one message; undefined: the usual one. */
  fetch?: (message: FakeMessage, usual: Buffer) => Buffer | undefined;
  /** Order and number of the responses to one FETCH. */
  arrange?: (responses: Buffer[]) => Buffer[];
}

/** A source of mail that behaves as it is told: what no real server would do. It reads, it cannot be written to. */
export async function startFakeImap(
  fake: FakeServer,
): Promise<{ port: number; commands: string[]; stop(): void }> {
  const sockets = new Set<Socket>();
  const commands: string[] = [];
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.write(fake.greeting ?? `* OK [CAPABILITY ${capabilities(fake)}] ready\r\n`);
    let rest = '';
    socket.on('data', (data) => {
      rest += data.toString('latin1');
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const [tag = '', ...words] = rest.slice(0, end).split(' ');
        rest = rest.slice(end + 2);
        const command = words.join(' ');
        commands.push(command);
        socket.write(fake.answer?.(command, tag, socket) ?? usualAnswer(fake, command, tag));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    commands,
    stop: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

const capabilities = (fake: FakeServer) => fake.capabilities ?? 'IMAP4rev1 SASL-IR AUTH=PLAIN';

function usualAnswer(fake: FakeServer, command: string, tag: string): Buffer {
  const messages = fake.messages ?? [];
  const done = Buffer.from(`${tag} OK done\r\n`);
  const lines = (...text: string[]) =>
    Buffer.concat([Buffer.from(text.map((line) => `${line}\r\n`).join('')), done]);
  if (/^CAPABILITY/i.test(command)) return lines(`* CAPABILITY ${capabilities(fake)}`);
  if (/^LIST/i.test(command))
    return lines(...(fake.mailboxes ?? ['() "/" INBOX']).map((line) => `* LIST ${line}`));
  if (/^EXAMINE "INBOX"|^STATUS "INBOX"/i.test(command)) {
    const next = Math.max(0, ...messages.map(({ uid }) => uid)) + 1;
    return /^STATUS/i.test(command)
      ? lines(`* STATUS INBOX (MESSAGES ${messages.length} UIDNEXT ${next} UIDVALIDITY 77)`)
      : lines(`* ${messages.length} EXISTS`, '* OK [UIDVALIDITY 77] valid', `* OK [UIDNEXT ${next}] next`);
  }
  if (/^EXAMINE/i.test(command)) return lines('* 0 EXISTS', '* OK [UIDVALIDITY 78] valid');
  const named = /^STATUS ("[^"]*")/i.exec(command)?.[1];
  if (named) return lines(`* STATUS ${named} (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 78)`);
  if (/FETCH/i.test(command)) return Buffer.concat([...fetched(fake, messages, command), done]);
  if (/^LOGOUT/i.test(command)) return lines('* BYE bye');
  return done;
}

function fetched(fake: FakeServer, messages: FakeMessage[], command: string): Buffer[] {
  const byUid = /^UID/i.test(command);
  const set = command.replace(/^UID /i, '').split(' ')[1] ?? '';
  const within = (value: number) =>
    set.split(',').some((range) => {
      const [from, to = from] = range
        .split(':')
        .map((part) => (part === '*' ? Number.POSITIVE_INFINITY : Number(part)));
      return value >= from! && value <= to!;
    });
  const responses = messages.flatMap((message, index) => {
    if (!within(byUid ? message.uid : index + 1)) return [];
    const { uid, body, flags = [], date = '17-Jul-1996 02:44:25 -0700', size = body.length } = message;
    const facts = `UID ${uid} FLAGS (${flags.join(' ')}) INTERNALDATE "${date}" RFC822.SIZE ${size}`;
    const whole = /BODY\.PEEK\[\]/i.test(command);
    const usual = whole
      ? Buffer.concat([
          Buffer.from(`* ${index + 1} FETCH (UID ${uid} BODY[] {${body.length}}\r\n`),
          body,
          Buffer.from(')\r\n'),
        ])
      : Buffer.from(`* ${index + 1} FETCH (${facts})\r\n`);
    return [(whole && fake.fetch?.(message, usual)) || usual];
  });
  return fake.arrange ? fake.arrange(responses) : responses;
}
