import { usualPorts, type WebAccess, type WebProtocol } from '../access.ts';
import type { Split } from './split.ts';

const accessKeys = [
  'protocol',
  'host',
  'port',
  'user',
  'password',
  'privateKey',
  'passphrase',
  'root',
  'legacyAlgorithms',
] as const;

/**
 * The vault gets a WebAccess as JSON under `source-web` / `target-web`; only the host's name stays a fact, and for plain
 * FTP that somebody accepted the password to go in clear (`clearText`).
 */
export function splitWebAccess(value: Record<string, unknown>): Split {
  const facts = { ...value };
  const secrets: Record<string, string> = {};
  const source = take(facts, (key) => key);
  if (source) secrets['source-web'] = JSON.stringify(source);
  const target = take(facts, (key) => `target${key.charAt(0).toUpperCase()}${key.slice(1)}`);
  if (target) secrets['target-web'] = JSON.stringify(target);
  return { facts, secrets };
}

/** Removes the keys of one access from the facts, all but the host. Undefined when there is none. */
function take(facts: Record<string, unknown>, nameOf: (key: string) => string): WebAccess | undefined {
  const access: Record<string, unknown> = {};
  for (const key of accessKeys) {
    const name = nameOf(key);
    if (facts[name] !== undefined) access[key] = facts[name];
    if (key !== 'host') delete facts[name];
  }
  const protocol = (access.protocol ?? 'sftp') as WebProtocol;
  if (protocol !== 'ftp') delete facts[nameOf('clearText')];
  if (access.host === undefined || access.user === undefined) return undefined;
  return { port: usualPorts[protocol], ...access, protocol } as WebAccess;
}
