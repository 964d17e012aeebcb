import type { WebProtocol } from './access.ts';
import type { Case } from './case.ts';
import { standingSubmission } from './confided.ts';
import type { Decision } from './decision.ts';
import { IllegalStepError } from './errors.ts';

/**
 * The servers whose access is confided as a WebAccess, by the name of the secret: which plan needs it, the form that asks
 * for it, the facts that name the host (the first that is there), and whether the form brought it at all.
 */
export const checkedServers = {
  'source-web': {
    plan: 'web',
    form: 'source-access',
    hosts: ['host'],
    given: (value: Facts) => value.host !== undefined,
  },
  'target-web': {
    plan: 'web',
    form: 'migration-details',
    hosts: ['targetHost'],
    given: (value: Facts) => value.targetHost !== undefined,
  },
  'source-cybozu': {
    plan: 'cybozu',
    form: 'source-access',
    hosts: ['cybozuHost', 'host'],
    given: (value: Facts) => value.cybozuServer === 'same' || value.cybozuServer === 'other',
  },
  'target-cybozu': {
    plan: 'cybozu',
    form: 'migration-details',
    hosts: ['targetCybozuHost', 'targetHost'],
    given: (value: Facts) => value.cybozuBy === 'engine',
  },
} as const;
export type CheckedServer = keyof typeof checkedServers;
type Facts = Readonly<Record<string, unknown>>;

/** What a certificate says of itself; nobody has to have vouched for it. */
export interface CertificateFacts {
  /** `SHA256:…` of its DER form. */
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
  protocol: WebProtocol;
  /** `key-changed`: it shows another key than is pinned, and nothing was sent; `key-accepted`: that one is pinned now. */
  outcome: 'reached' | 'key-changed' | 'key-accepted' | 'failed';
  /** Pinned: `SHA256:…`, or `verified` for a certificate that an authority vouches for; plain FTP has none. */
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

export function hostOf(c: Case, server: CheckedServer): string {
  const { form, hosts } = checkedServers[server];
  const value = c.forms[form]?.value ?? {};
  return String(hosts.map((name) => value[name]).find((host) => host !== undefined) ?? '');
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
