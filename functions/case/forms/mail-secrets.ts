import {
  type AccountCreation,
  accountPartSecret,
  accountParts,
  type MailServer,
  type MasterUser,
  type SourceMailAccess,
  type TargetMailAccess,
  usualMailPorts,
} from '../mail-access.ts';
import { readAccounts } from './mail-accounts.ts';
import type { Split } from './split.ts';

/** Of the answers these stay in the case: by what way the servers are reached, and what was consented to. */
const kept = [
  'mailProtocol',
  'mailSecurity',
  'mailClear',
  'mailPasswords',
  'mailDeleted',
  'targetMailSecurity',
  'targetMailClear',
  'targetMailVerify',
  'targetMailCreation',
];

/**
 * The vault gets a SourceMailAccess under `source-mail`, the accounts in parts under `source-mail-accounts-1` …, and a
 * TargetMailAccess under `target-mail`. How many accounts there are, and whose passwords are still to come
 * (mail-holders.ts), are facts.
 */
export function splitMailAccess(value: Record<string, unknown>): Split {
  if (value.mailHost === undefined && value.targetMailHost === undefined)
    return { facts: value, secrets: {} };
  const facts: Record<string, unknown> = {};
  for (const [name, answer] of Object.entries(value))
    if (!/^(mail|targetMail)[A-Z]/.test(name) || kept.includes(name)) facts[name] = answer;
  const secrets: Record<string, string> = {};
  const source = sourceOf(value);
  if (source) {
    secrets['source-mail'] = JSON.stringify(source.access);
    for (const [index, part] of accountParts(source.list).entries())
      secrets[accountPartSecret(index + 1)] = part;
    facts.mailAccountCount = source.list.accounts.length;
    if (source.access.passwords === 'holders') {
      facts.mailHolders = source.list.accounts.map(({ user }) => ({ user }));
    }
  }
  const target = targetOf(value);
  if (target) secrets['target-mail'] = JSON.stringify(target);
  // Accepted where it was asked, and nowhere else.
  for (const end of ['mail', 'targetMail'])
    if (value[`${end}Security`] !== 'plain') delete facts[`${end}Clear`];
  return { facts, secrets };
}

function sourceOf(value: Record<string, unknown>) {
  if (value.mailHost === undefined) return undefined;
  const passwords = value.mailPasswords as SourceMailAccess['passwords'];
  const access: SourceMailAccess = {
    server: serverOf(value, 'mail', value.mailProtocol as MailServer['protocol']),
    passwords,
    deleted: value.mailDeleted as SourceMailAccess['deleted'],
    ...(passwords === 'master' && { master: masterOf(value, 'mail') }),
  };
  return { access, list: readAccounts(String(value.mailFile ?? value.mailList), { passwords }) };
}

function targetOf(value: Record<string, unknown>): TargetMailAccess | undefined {
  if (value.targetMailHost === undefined) return undefined;
  const server = serverOf(value, 'targetMail', 'imap');
  return {
    server: { ...server, protocol: 'imap' },
    targets: (value.targetMailTargets as TargetMailAccess['targets'] | undefined) ?? [],
    verify: value.targetMailVerify as TargetMailAccess['verify'],
    creation: creationOf(value),
    ...(value.targetMailMasterUser !== undefined && { master: masterOf(value, 'targetMail') }),
  };
}

function serverOf(
  value: Record<string, unknown>,
  prefix: string,
  protocol: MailServer['protocol'],
): MailServer {
  const security = value[`${prefix}Security`] as MailServer['security'];
  const port = (value[`${prefix}Port`] as number | undefined) ?? usualMailPorts[protocol][security];
  return { protocol, host: String(value[`${prefix}Host`]), port, security };
}

function masterOf(value: Record<string, unknown>, prefix: string): MasterUser {
  const separator = value[`${prefix}MasterSeparator`] as string | undefined;
  return {
    user: String(value[`${prefix}MasterUser`]),
    password: String(value[`${prefix}MasterPassword`]),
    style: value[`${prefix}MasterStyle`] as MasterUser['style'],
    ...(separator !== undefined && { separator }),
  };
}

function creationOf(value: Record<string, unknown>): AccountCreation {
  if (value.targetMailCreation !== 'command') return { way: value.targetMailCreation as 'none' | 'panel' };
  const text = (name: string) => value[`targetMailShell${name}`] as string | undefined;
  const [password, privateKey] = [text('Password'), text('PrivateKey')];
  return {
    way: 'command',
    template: String(value.targetMailCommand),
    shell: {
      host: text('Host') ?? '',
      port: (value.targetMailShellPort as number | undefined) ?? 22,
      user: text('User') ?? '',
      ...(password !== undefined && { password }),
      ...(privateKey !== undefined && { privateKey }),
    },
  };
}
