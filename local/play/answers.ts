import type { WebAccess } from '../../functions/case/access.ts';
import { addDays, dayOf } from '../../functions/case/calendar.ts';
import type { Case } from '../../functions/case/case.ts';
import type { Posted } from '../../functions/case/form.ts';
import { planSuffix } from '../../functions/case/forms/context.ts';
import { orderedWork } from '../../functions/case/ordered-work.ts';
import type { TaskKind } from '../../functions/case/tasks.ts';
import { chosenOffers } from '../../functions/case/web-fixes/ordered.ts';

/** What the people of a played case know. */
export interface Knowledge {
  c: Case;
  now: Date;
  source: WebAccess;
  target: WebAccess;
  /** When the migration begins; the earliest moment that the form takes, without it. */
  startsAt?: Date;
}

/** A valid answer to every step, as a browser would post it: what the demo, the simulation and the tests type. */
export const answers: Record<Exclude<TaskKind, 'survey'>, (knowledge: Knowledge) => Posted> = {
  'hearing-sheet': ({ c, now }) => ({
    contractNumber: c.customer.contractNumber,
    serverKind: c.customer.serverKind,
    company: c.customer.company,
    kana: 'ｶﾌﾞｼｷｶﾞｲｼｬ ﾀｶｻｷｼｮｳﾃﾝ',
    person: c.customer.person,
    mail: c.customer.mail,
    phone: '０３－１２３４－５６７８',
    postalCode: '１２３−４５６７',
    address: '東京都千代田区丸の内一丁目1番1号',
    sourceHost: 'www.example.jp',
    sourceVendor: '不明',
    accessKinds: ['sftp'],
    domains: 'example.jp',
    dnsOwner: 'self',
    plans: c.plans.length > 0 ? c.plans : ['web'],
    webGigabytes: '1.5',
    webCms: 'WordPress',
    ...(hasCybozu(c)
      ? {
          cybozuInUse: 'yes',
          cybozuEdition: 'office',
          cybozuVersion: '10.8.5',
          cybozuUsers: '20',
          cybozuGigabytes: '2',
        }
      : { cybozuInUse: 'no' }),
    wantedDate: addDays(dayOf(now), 40),
    downtime: 'night',
    fixesWanted: 'no',
  }),
  'hearing-sheet-review': () => ({ decision: 'accepted' }),
  consultation: () => ({ decision: 'continue', plans: ['web'], remarks: 'お電話でご相談しました。' }),
  'formal-quote-request': () => ({ understood: 'yes' }),
  consent: ({ now }) => ({
    ...ticks(
      'documentsReviewed',
      'backup',
      'copying',
      'testAccounts',
      'disclosure',
      'liability',
      'decline',
      'hours',
      'erasure',
    ),
    backupDate: dayOf(now),
    signer: '髙﨑 𠮷男',
    authority: 'representative',
  }),
  'consent-review': () => ({ decision: 'accepted' }),
  'source-access': ({ c, now, source }) => ({
    ...ticks('backup'),
    backupDate: dayOf(now),
    ...typedAccess(source),
    ...(hasCybozu(c) && { cybozuServer: 'same', cybozuRoot: '/' }),
  }),
  'formal-quote-review': ({ c }) => ({
    decision: 'approve',
    fixes: chosenOffers(c).map(({ key }) => key),
  }),
  order: ({ c, now }) => ({
    quoteSha256: c.quotes.findLast(({ kind }) => kind === 'formal')?.sha256 ?? '',
    ...ticks('scopeConfirmed', 'documentsReviewed', 'noCancel', 'backup'),
    backupDate: dayOf(now),
    billingCompany: c.customer.company,
    billingPerson: c.customer.person,
    billingPostalCode: '123-4567',
    billingAddress: '東京都千代田区丸の内一丁目1番1号',
    billingPhone: '03-1234-5678',
    preferredDate1: addDays(dayOf(now), 14),
    signer: '髙﨑 𠮷男',
  }),
  'order-review': () => ({ decision: 'accepted' }),
  'migration-details': ({ c, now, target, startsAt }) => ({
    startsAt: typedInstant(startsAt ?? new Date(now.getTime() + 120_000)),
    windowEndsAt: typedInstant(new Date((startsAt ?? now).getTime() + 6 * 3_600_000)),
    customerWork: 'DNS の変更',
    ...Object.fromEntries(
      Object.entries(typedAccess(target)).map(([name, value]) => [
        `target${name[0]!.toUpperCase()}${name.slice(1)}`,
        value,
      ]),
    ),
    ...(hasCybozu(c) && {
      ...ticks('cybozuManaged', 'cybozuSourceStopped', 'cybozuTargetStopped'),
      cybozuBy: 'engine',
      cybozuSourceVersion: '10.8.5',
      cybozuSourceEdition: 'standard',
      cybozuTargetVersion: '10.8.5',
      cybozuTargetEdition: 'standard',
      targetCybozuServer: 'same',
      targetCybozuRoot: '/',
    }),
  }),
  'transfer-problem': () => ({ decision: 'retry' }),
  'migration-sign-off': ({ c }) => ({
    decision: 'complete',
    ...Object.fromEntries(c.plans.map((plan) => [`proof${planSuffix(plan)}`, '台帳'])),
    workDone: orderedWork(c).map(({ key }) => key),
  }),
  acceptance: ({ c, now }) => ({
    ...Object.fromEntries(c.plans.map((plan) => [`result${planSuffix(plan)}`, 'pass'])),
    checkedOn: dayOf(now),
    signer: '髙﨑 𠮷男',
  }),
  'acceptance-review': () => ({ decision: 'accepted' }),
  'rework-assessment': () => ({ scope: 'in', description: '画像が表示されない件の修正' }),
  'extra-order': ({ c }) => ({
    quoteSha256: c.quotes.findLast(({ kind }) => kind === 'extra')?.sha256 ?? '',
    decision: 'order',
    ...ticks('scopeConfirmed', 'noCancel'),
    signer: '髙﨑 𠮷男',
  }),
  escalation: () => ({ decision: 'extend', days: '7', remarks: 'お電話で確認しました。' }),
};

function hasCybozu({ plans }: Case): boolean {
  return plans.includes('cybozu');
}

function ticks(...names: string[]): Posted {
  return Object.fromEntries(names.map((name) => [name, 'yes']));
}

function typedAccess({
  protocol,
  host,
  port,
  user,
  password,
  privateKey,
  root,
}: WebAccess): Record<string, string> {
  return {
    protocol,
    host,
    port: String(port),
    user,
    root,
    ...(password && { password }),
    ...(privateKey && { privateKey }),
  };
}

/** `2026-12-04T10:00:05`, in Japan: what a date-and-time field posts. */
function typedInstant(at: Date): string {
  return new Date(at.getTime() + 9 * 3_600_000).toISOString().slice(0, 19);
}
