import { usualPorts, type WebAccess, type WebProtocol } from '../access.ts';

/** What a form with credentials is split into: facts for the case, texts for the vault by name. */
export interface Split {
  facts: Record<string, unknown>;
  secrets: Record<string, string>;
}

const accessKeys = [
  'protocol',
  'host',
  'port',
  'user',
  'password',
  'privateKey',
  'passphrase',
  'root',
] as const;

/**
 * Takes the credentials out of the value of `source-access` or `migration-details`. The vault gets a WebAccess as JSON
 * under `source-web` / `target-web` and the free text under `source-other`; of the access only the host's name stays a
 * fact, and for plain FTP that somebody accepted the password to go in clear (`clearText`). Other values pass unchanged.
 */
export function splitSecrets(value: Record<string, unknown>): Split {
  const facts = { ...value };
  const secrets: Record<string, string> = {};
  const source = take(facts, (key) => key);
  if (source) secrets['source-web'] = JSON.stringify(source);
  const target = take(facts, (key) => `target${key.charAt(0).toUpperCase()}${key.slice(1)}`);
  if (target) secrets['target-web'] = JSON.stringify(target);
  if (typeof facts.otherAccess === 'string') secrets['source-other'] = facts.otherAccess;
  delete facts.otherAccess;
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
