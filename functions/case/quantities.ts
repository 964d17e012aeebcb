import type { Case, Plan } from './case.ts';
import type { SurveyReport } from './survey.ts';

/** The sizes that prices depend on. Gigabytes may be broken, the rest are whole. */
export const quantities = {
  webGigabytes: { plan: 'web', item: 'Web容量(GB)' },
  webDomains: { plan: 'web', item: 'Webドメイン数' },
  databaseGigabytes: { plan: 'database', item: 'DB容量(GB)' },
  databaseCount: { plan: 'database', item: 'DB数' },
  mailGigabytes: { plan: 'mail', item: 'メール容量(GB)' },
  mailAccounts: { plan: 'mail', item: 'メールアカウント数' },
  cybozuGigabytes: { plan: 'cybozu', item: 'サイボウズ容量(GB)' },
  cybozuUsers: { plan: 'cybozu', item: 'サイボウズ利用者数' },
} as const satisfies Record<string, { plan: Plan; item: string }>;

export type Quantity = keyof typeof quantities;
export type Quantities = Partial<Record<Quantity, number>>;

const names = Object.keys(quantities) as Quantity[];

/** What the customer estimated in the hearing sheet. */
export function hearingQuantities(c: Pick<Case, 'forms'>): Quantities {
  const value = c.forms['hearing-sheet']?.value ?? {};
  const found: Quantities = {};
  for (const name of names) {
    const given = name === 'webDomains' ? count(value.domains) : value[name];
    if (typeof given === 'number') found[name] = given;
  }
  return found;
}

/** What the survey measured: facts whose item is one of the names above, spaces and width aside; the last one counts. */
export function surveyQuantities(survey: Pick<SurveyReport, 'facts'>): Quantities {
  const found: Quantities = {};
  for (const fact of survey.facts) {
    const name = quantityOf(fact.item);
    const measured = name && measuredNumber(fact.value);
    if (name && measured !== undefined) found[name] = measured;
  }
  return found;
}

export function quantityOf(item: string): Quantity | undefined {
  const plain = bare(item);
  return names.find((name) => bare(quantities[name].item) === plain);
}

/** `1,234`, `12.5 GB`, `８件`. Undefined when it is no number, or beyond anything that is moved. */
export function measuredNumber(value: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(?:GB|件|個|名|人)?$/i.exec(bare(value).replaceAll(',', ''));
  return match ? Number(match[1]) : undefined;
}

/** Sizes of these plans alone: a figure that was typed for another plan does not count. */
export function ofPlans(plans: readonly Plan[], known: Quantities): Quantities {
  const kept = names.filter((name) => plans.includes(quantities[name].plan) && known[name] !== undefined);
  return Object.fromEntries(kept.map((name) => [name, known[name]]));
}

/** The items that are still unknown for these plans, as the survey report names them. */
export function missingItems(plans: readonly Plan[], known: Quantities): string[] {
  return names
    .filter((name) => plans.includes(quantities[name].plan) && known[name] === undefined)
    .map((name) => quantities[name].item);
}

function bare(text: string): string {
  return text.normalize('NFKC').replace(/\s/gu, '').toLowerCase();
}

function count(domains: unknown): number | undefined {
  return Array.isArray(domains) ? domains.length : undefined;
}
