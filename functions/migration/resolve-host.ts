import { lookup } from 'node:dns/promises';
import { domainToASCII } from 'node:url';
import ipaddr from 'ipaddr.js';
import { TerminalError, TransientError } from '../case/errors.ts';

export interface ResolvedHost {
  /** The address to connect to: never resolve the name again (threats.md, row 3). */
  address: string;
  family: 4 | 6;
}

type Lookup = (name: string) => Promise<{ address: string }[]>;

/**
 * Resolves a customer's host name once. Every address that it leads to must be public (`unicast`), in whatever form it
 * is written, unless one of `allowedCidrs` (settings.allowedAddresses) holds it. Throws TerminalError, or
 * TransientError when the name server did not answer.
 */
export async function resolveHost(
  host: string,
  allowedCidrs: readonly string[] = [],
  look: Lookup = (name) => lookup(name, { all: true, order: 'ipv4first' }),
): Promise<ResolvedHost> {
  const written = host.trim().replace(/^\[(.*)\]$/, '$1');
  const literal = parse(written);
  // UTS 46; also turns 0x7f.1 and full-width digits into plain addresses.
  // It stops silently at a separator, so those are refused first.
  const name = literal || /[\s/\\:@?#[\]%]/.test(written) ? '' : domainToASCII(written);
  const address = literal ?? parse(name);
  if (address) return check(address, allowedCidrs);
  if (name === '' || name.length > 253 || !/^[a-z0-9_.-]+$/.test(name)) {
    throw new TerminalError(
      'サーバー名の形式が正しくありません。接続していません。サーバー名をご確認ください。',
    );
  }
  const found = await resolve(name, look);
  const checked = found.map((one) => {
    const parsed = parse(one.address);
    if (!parsed) throw new TerminalError('サーバー名の解決結果が読み取れません。接続していません。');
    return check(parsed, allowedCidrs);
  });
  return checked[0]!;
}

/** Throws TerminalError unless the port is listed; without a list: 22, and whatever is not a well-known service. */
export function checkPort(port: number, allowed?: readonly number[]): void {
  const fits = allowed ? allowed.includes(port) : port === 22 || (port >= 1024 && port <= 65_535);
  if (fits && Number.isInteger(port)) return;
  throw new TerminalError(
    `ポート${port}への接続は許可されていません。接続していません。ポート番号をご確認ください。`,
  );
}

function parse(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  // A zone (fe80::1%eth0) names one of our own interfaces: never valid here, and not an address for the check below.
  if (text === '' || text.includes('%') || !ipaddr.isValid(text)) return undefined;
  return ipaddr.process(text);
}

function check(address: ipaddr.IPv4 | ipaddr.IPv6, allowedCidrs: readonly string[]): ResolvedHost {
  const allowed = allowedCidrs.some((cidr) => {
    const [network, bits] = ipaddr.parseCIDR(cidr);
    return network.kind() === address.kind() && address.match([network, bits] as never);
  });
  if (!allowed && address.range() !== 'unicast') {
    throw new TerminalError(
      'サーバー名が公開されていないアドレスを指しています。接続していません。サーバー名をご確認ください。',
    );
  }
  return { address: address.toString(), family: address.kind() === 'ipv6' ? 6 : 4 };
}

async function resolve(name: string, look: Lookup): Promise<{ address: string }[]> {
  let found: { address: string }[] = [];
  try {
    found = await look(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAI_AGAIN') {
      throw new TransientError('ネームサーバーから応答がありません。何も変更していません。');
    }
  }
  if (found.length > 0) return found;
  throw new TerminalError('サーバー名が見つかりません。接続していません。サーバー名をご確認ください。');
}
