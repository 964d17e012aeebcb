import type { WebProtocol } from './access.ts';
import type { Case } from './case.ts';
import { standingSubmission } from './confided.ts';
import type { Decision } from './decision.ts';
import { IllegalStepError } from './errors.ts';

/**
 * The servers whose access is confided, by the name of the secret: which plan needs it, the form that asks for it, the
 * facts that name the host (the first that is there; mail's and databases' are no facts), whether the form brought it at
 * all, and what of the server is pinned: its key stands in the vault under `<secret>.<pin>`.
 */
export const checkedServers = {
  'source-web': {
    plan: 'web',
    form: 'source-access',
    hosts: ['host'],
    given: (value: Facts) => value.host !== undefined,
    pin: 'host-key',
  },
  'target-web': {
    plan: 'web',
    form: 'migration-details',
    hosts: ['targetHost'],
    given: (value: Facts) => value.targetHost !== undefined,
    pin: 'host-key',
  },
  'source-cybozu': {
    plan: 'cybozu',
    form: 'source-access',
    hosts: ['cybozuHost', 'host'],
    given: (value: Facts) => value.cybozuServer === 'same' || value.cybozuServer === 'other',
    pin: 'host-key',
  },
  'target-cybozu': {
    plan: 'cybozu',
    form: 'migration-details',
    hosts: ['targetCybozuHost', 'targetHost'],
    given: (value: Facts) => value.cybozuBy === 'engine',
    pin: 'host-key',
  },
  'source-mail': {
    plan: 'mail',
    form: 'source-access',
    hosts: [],
    given: (value: Facts) => value.mailProtocol !== undefined,
    pin: 'certificate',
  },
  'target-mail': {
    plan: 'mail',
    form: 'migration-details',
    hosts: [],
    given: (value: Facts) => value.targetMailSecurity !== undefined,
    pin: 'certificate',
  },
  'source-database': {
    plan: 'database',
    form: 'source-access',
    hosts: [],
    given: (value: Facts) => value.databaseAccess === 'login',
    pin: 'certificate',
  },
  'target-database': {
    plan: 'database',
    form: 'migration-details',
    hosts: [],
    given: (value: Facts) => value.targetDatabaseWay !== undefined,
    pin: 'certificate',
  },
} as const;
export type CheckedServer = keyof typeof checkedServers;
/** Those whose access is a WebAccess. */
export type TreeServer = Extract<CheckedServer, `${string}-web` | `${string}-cybozu`>;
/** How a server is spoken to. */
export type CheckedProtocol = WebProtocol | 'imap' | 'pop3' | 'mysql' | 'postgresql';
type Facts = Readonly<Record<string, unknown>>;

/** What a certificate says of itself; nobody has to have vouched for it. */
export interface CertificateFacts {
  /** SHA-256 of its DER form, in the form that is pinned. */
  fingerprint: string;
  subject: string;
  issuer: string;
  /** ISO. */
  validFrom: string;
  validTo: string;
  /** A public authority vouches for it, for this name and now. */
  verified: boolean;
}

/** What a server showed when an engineer had the connection to it checked: facts, and no secret. */
export interface ConnectionCheck {
  at: string;
  by: string;
  /** Which access it was: the suffix of its secret. Another one is not checked by it. */
  confided: string;
  protocol: CheckedProtocol;
  /** `key-changed`: it shows another key than is pinned, and nothing was sent; `key-accepted`: that one is pinned now. */
  outcome: 'reached' | 'key-changed' | 'key-accepted' | 'failed';
  /**
   * Pinned: `SHA256:…`, mail's and databases' in hex, or `verified` for a certificate that an authority vouches for; what is
   * not encrypted has none.
   */
  hostKey?: string;
  /** It was pinned by this check. */
  firstContact?: boolean;
  /** What it shows in place of the pinned key. */
  shownKey?: string;
  certificate?: CertificateFacts;
  /** A shell answers over SSH. */
  shell?: boolean;
  legacyAlgorithms?: boolean;
  /** Objects in the root, counted up to a bound. */
  entries?: number;
  /** Log-ins that were tried, and those that were let in. */
  logIns?: { opened: number; tried: number; of: number };
  /** What staff should know of the server. */
  remarks: string[];
  /** Why it failed and what to do. */
  message?: string;
}

/** The suffix of what is confided for this server; undefined before it is given and once it is erased. */
export function confidedFor(c: Case, server: CheckedServer): string | undefined {
  const { plan, form, given } = checkedServers[server];
  const submission = standingSubmission(c, form);
  if (!submission || !c.plans.includes(plan)) return undefined;
  const { confided } = submission.value;
  return typeof confided === 'string' && given(submission.value) ? confided : undefined;
}

export function isTreeServer(server: CheckedServer): server is TreeServer {
  return checkedServers[server].pin === 'host-key';
}

/** Where in the vault the server's pinned key stands. */
export function pinOf(c: Case, server: CheckedServer): string {
  return `${server}.${confidedFor(c, server)}.${checkedServers[server].pin}`;
}

export function hostOf(c: Case, server: CheckedServer): string {
  const { form, hosts } = checkedServers[server];
  const value = c.forms[form]?.value ?? {};
  const names: readonly string[] = hosts;
  return String(names.map((name) => value[name]).find((host) => host !== undefined) ?? '');
}

/** The last check of the access that counts now. */
export function checkOf(c: Case, server: CheckedServer): ConnectionCheck | undefined {
  const check = c.connections?.[server];
  return check?.confided === confidedFor(c, server) ? check : undefined;
}

export function recordCheck(decision: Decision, server: CheckedServer, check: ConnectionCheck): void {
  const c = decision.case;
  c.connections = { ...c.connections, [server]: check };
  const { outcome, hostKey, shownKey, legacyAlgorithms } = check;
  decision.note('connection-checked', {
    server,
    outcome,
    ...(hostKey && { key: hostKey }),
    ...(shownKey && { shown: shownKey }),
    ...(legacyAlgorithms && { legacyAlgorithms }),
  });
}

/**
 * An engineer has asked the server's operator, and takes the key that the last check showed; once, however often it is
 * said. Throws IllegalStepError when that check showed none, or another.
 */
export function acceptKey(decision: Decision, server: CheckedServer, key: string, reason: string): void {
  const check = checkOf(decision.case, server);
  if (check?.outcome === 'key-accepted' && check.hostKey === key) return;
  if (check?.outcome !== 'key-changed' || check.shownKey !== key)
    throw new IllegalStepError('画面の内容が古くなっています。もう一度、接続を確認してください。');
  decision.note('host-key-accepted', { server, key, was: check.hostKey ?? '', reason });
  const { shownKey: _, message: __, ...kept } = check;
  const accepted: ConnectionCheck = { ...kept, outcome: 'key-accepted', hostKey: key };
  decision.case.connections = { ...decision.case.connections, [server]: accepted };
}
