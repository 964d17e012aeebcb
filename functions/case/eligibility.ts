import type { Plan, ServerKind } from './case.ts';

export const planNames: Record<Plan, string> = {
  web: 'Web データ移行',
  database: 'DB データ移行',
  mail: 'メールデータ移行',
  cybozu: 'サイボウズデータ移行',
};

export const serverNames: Record<ServerKind, string> = {
  managed: 'マネージドサーバ',
  smile: 'スマイルサーバ',
};

/** R10: said wherever Cybozu is, never sold here. */
export const cybozuInstallationNotice =
  'サイボウズのインストールは本オプションに含まれません。「スマートコネクト マネージドサーバ サービス仕様書」に記載の「サイボウズ®Office インストール作業」を別途お申し込みください。';

export interface Wish {
  serverKind: ServerKind;
  /** A Smile Server customer whose platform is being migrated. */
  platformMigration: boolean;
  plans: readonly Plan[];
  /** Whether the customer uses Cybozu today, asked for or not. */
  cybozuInUse: boolean;
}

/**
 * Whether a wish can be quoted by rule (R8, R11). `consultation`: staff talk with the customer first, no automatic
 * quote. Refused: the reason is a sentence for the person who asks.
 */
export function assess(wish: Wish): 'ok' | 'consultation' | { refused: string } {
  const cybozu = wish.plans.includes('cybozu');
  if (wish.plans.length === 0) return { refused: '移行するデータを一つ以上お選びください。' };
  if (wish.platformMigration && (cybozu || wish.cybozuInUse)) return 'consultation';
  if (cybozu && wish.serverKind === 'smile') {
    return {
      refused:
        'スマイルサーバではサイボウズをご利用いただけないため、サイボウズデータ移行はお選びいただけません。',
    };
  }
  return 'ok';
}

/** The plans that a form offers for this contract. */
export function offeredPlans(customer: { serverKind: ServerKind; platformMigration: boolean }): Plan[] {
  const all: Plan[] = ['web', 'database', 'mail', 'cybozu'];
  return all.filter(
    (plan) => plan !== 'cybozu' || customer.serverKind === 'managed' || customer.platformMigration,
  );
}
