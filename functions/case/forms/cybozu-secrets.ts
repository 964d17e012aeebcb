import { usualPorts, type WebProtocol } from '../access.ts';
import type { SourceCybozu, TargetCybozu } from '../cybozu-access.ts';
import type { Split } from './split.ts';
import { splitWebAccess } from './web-secrets.ts';

const logIn = ['Protocol', 'Host', 'Port', 'User', 'Password', 'PrivateKey', 'Passphrase'] as const;

/**
 * The vault gets a SourceCybozu under `source-cybozu` and a TargetCybozu under `target-cybozu`; only host names stay facts,
 * with what the engineer confirmed. Comes before the web data's: where the way in is the same, that is copied.
 */
export function splitCybozuAccess(value: Record<string, unknown>): Split {
  const facts = { ...value };
  const secrets: Record<string, string> = {};
  const web = splitWebAccess(value).secrets;
  const source = sourceOf(value, web['source-web']);
  if (source) secrets['source-cybozu'] = JSON.stringify(source);
  const target = targetOf(value, web['target-web']);
  if (target) secrets['target-cybozu'] = JSON.stringify(target);
  for (const key of logIn.filter((name) => name !== 'Host')) {
    delete facts[`cybozu${key}`];
    delete facts[`targetCybozu${key}`];
  }
  for (const key of ['cybozuRoot', 'cybozuSourceRoot', 'targetCybozuRoot', 'targetCybozuOwner'])
    delete facts[key];
  // Asked of everybody, said by those whose password goes in clear.
  if (value.cybozuProtocol !== 'ftp') delete facts.cybozuClearText;
  return { facts, secrets };
}

function sourceOf(value: Record<string, unknown>, web: string | undefined): SourceCybozu | undefined {
  const { cybozuServer: server } = value;
  if (server !== 'same' && server !== 'other') return undefined;
  const access = server === 'same' ? sameAs(web) : ownLogIn(value, 'cybozu');
  const root = value.cybozuRoot as string | undefined;
  return access && { ...access, ...(root !== undefined && { root }) };
}

function targetOf(value: Record<string, unknown>, web: string | undefined): TargetCybozu | undefined {
  const access = value.targetCybozuServer === 'same' ? sameAs(web) : ownLogIn(value, 'targetCybozu');
  if (!access || value.cybozuBy !== 'engine') return undefined;
  const [user, group] = String(value.targetCybozuOwner ?? '')
    .split(':')
    .map(Number);
  const sourceRoot = value.cybozuSourceRoot as string | undefined;
  return {
    ...access,
    protocol: 'sftp',
    root: String(value.targetCybozuRoot),
    ...(user !== undefined && group !== undefined && { owner: { user, group } }),
    ...(sourceRoot !== undefined && { sourceRoot }),
  };
}

/** The web data's way in, without its folder. */
function sameAs(web: string | undefined): SourceCybozu | undefined {
  if (!web) return undefined;
  const { root: _, ...access } = JSON.parse(web) as SourceCybozu;
  return access;
}

function ownLogIn(value: Record<string, unknown>, prefix: string): SourceCybozu | undefined {
  const access: Record<string, unknown> = {};
  for (const key of logIn) {
    const answer = value[`${prefix}${key}`];
    if (answer !== undefined) access[key.charAt(0).toLowerCase() + key.slice(1)] = answer;
  }
  if (access.host === undefined || access.user === undefined) return undefined;
  const protocol = (access.protocol ?? 'sftp') as WebProtocol;
  return { port: usualPorts[protocol], ...access, protocol } as SourceCybozu;
}
