import { createServer, type Socket } from 'node:net';

/** A POP3 server (RFC 1939) with one mailbox: user `taro`, password `himitsu`. UIDLs go with the messages. */
export async function startFakePop3(
  messages: { uidl: string; body: Buffer }[],
  /** In place of the answer to a command; undefined: the usual one. */
  instead: (command: string) => string | undefined = () => undefined,
): Promise<{ port: number; commands: string[]; stop(): void }> {
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.write('+OK ready\r\n');
    let rest = '';
    socket.on('data', (data) => {
      rest += data.toString('latin1');
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const command = rest.slice(0, end);
        rest = rest.slice(end + 2);
        commands.push(command);
        socket.write(instead(command) ?? answer(command, messages));
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

function answer(command: string, messages: { uidl: string; body: Buffer }[]): string | Buffer {
  const list = (of: (index: number) => string) =>
    `+OK\r\n${messages.map((_, at) => `${at + 1} ${of(at)}\r\n`).join('')}.\r\n`;
  if (/^USER taro$|^QUIT/.test(command)) return '+OK\r\n';
  if (/^PASS/.test(command)) return command === 'PASS himitsu' ? '+OK\r\n' : `-ERR wrong: ${command}\r\n`;
  if (command === 'LIST') return list((at) => `${messages[at]!.body.length}`);
  if (command === 'UIDL') return list((at) => messages[at]!.uidl);
  const message = messages[Number(/^RETR (\d+)$/.exec(command)?.[1] ?? 0) - 1];
  if (!message) return '-ERR no\r\n';
  const stuffed = message.body.toString('latin1').replace(/^\./gm, '..');
  return Buffer.from(`+OK\r\n${stuffed}${stuffed.endsWith('\r\n') ? '' : '\r\n'}.\r\n`, 'latin1');
}
