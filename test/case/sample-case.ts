import type { Case, Plan, Submission } from '../../functions/case/case.ts';
import { newReference } from '../../functions/case/reference.ts';
import type { SurveyReport } from '../../functions/case/survey.ts';
import type { TaskKind } from '../../functions/case/tasks.ts';

export const now = new Date('2026-11-24T01:00:00Z');

/** What an engineer posts at least, to move a web site. */
export const postedWebDetails = {
  startsAt: '2026-12-01T22:00',
  windowEndsAt: '2026-12-02T06:00',
  targetHost: 'new.example.jp',
  targetUser: 'u',
  targetPassword: 'p',
  targetRoot: 'public_html',
};

/** A case at its beginning, to be changed by each test as it needs. */
export function sampleCase(changes: Partial<Case> = {}): Case {
  return {
    id: newReference({ bytes: (count) => new Uint8Array(count).map((_, at) => at * 13 + 5) }),
    version: 1,
    stage: 'hearing',
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
    customer: {
      company: '株式会社髙﨑商店',
      person: '𠮷田 一郎',
      mail: 'yoshida@example.jp',
      contractNumber: 'MS-000123',
      serverKind: 'managed',
      platformMigration: false,
    },
    plans: ['web'],
    runs: {},
    documents: [],
    tasks: [],
    forms: {},
    quotes: [],
    transfers: [],
    problems: [],
    erasures: [],
    ...changes,
  };
}

export function submitted(
  kind: TaskKind,
  value: Record<string, unknown>,
  at = now.toISOString(),
): Submission {
  return { taskId: `${kind}.1`, at, by: 'test', value };
}

export function sampleSurvey(
  plans: readonly Plan[] = ['web'],
  changes: Partial<SurveyReport> = {},
): SurveyReport {
  const fact = (item: string, value: string) => ({
    item,
    value,
    method: 'du',
    evidence: 'du -sk',
    at: now.toISOString(),
  });
  const facts = {
    web: [fact('Web容量(GB)', '12.3'), fact('Webドメイン数', '3')],
    database: [fact('DB容量(GB)', '0.4'), fact('DB数', '2')],
    mail: [fact('メール容量(GB)', '20'), fact('メールアカウント数', '15')],
    cybozu: [fact('サイボウズ容量(GB)', '5'), fact('サイボウズ利用者数', '30')],
  };
  return {
    feasible: true,
    facts: plans.flatMap((plan) => facts[plan]),
    findings: [],
    notSurveyed: [],
    ...changes,
  };
}

/** A hearing sheet as a browser posts it. */
export const postedHearingSheet = {
  contractNumber: 'ms－000123',
  serverKind: 'managed',
  company: '株式会社髙﨑商店',
  kana: 'ｶﾌﾞｼｷｶﾞｲｼｬたかさきしょうてん',
  department: '',
  person: '𠮷田 一郎',
  mail: 'yoshida@example.jp',
  phone: '０３ー１２３４－５６７８',
  postalCode: '〒１２３４５６７',
  address: '東京都見本区1-2-3',
  sourceHost: 'https://www.example.jp/index.html',
  sourceVendor: '不明',
  sourcePanel: '',
  accessKinds: 'sftp',
  domains: 'example.jp\r\nexample.com\r\n',
  dnsOwner: 'self',
  plans: ['mail', 'web'],
  webGigabytes: '800MB',
  mailAccounts: '１，２００',
  mailGigabytes: '1.5',
  mailProtocol: 'imap',
  cybozuInUse: 'no',
  wantedDate: '2027/1/15',
  copyHours: 'limited',
  copyFrom: '22:00',
  copyTo: '06:00',
  downtime: 'night',
  fixesWanted: 'consult',
  notes: '',
};
