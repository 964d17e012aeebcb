import type { Case, Plan } from '../case.ts';
import { offeredPlans, planNames } from '../eligibility.ts';
import type { Form } from '../form.ts';
import type { Settings } from '../settings.ts';

/** What a form depends on. `now` decides which days are past. */
export interface FormContext {
  c: Case;
  settings: Settings;
  now: Date;
}

export type CaseForm = Form<Record<string, unknown>>;

/** `Web`, `Database` …: how the name of a question ends that is asked once per plan. */
export function planSuffix(plan: Plan): string {
  return plan.charAt(0).toUpperCase() + plan.slice(1);
}

/** The plans of this contract as options. */
export function planOptions(customer: Parameters<typeof offeredPlans>[0]): Record<Plan, string> {
  return Object.fromEntries(offeredPlans(customer).map((plan) => [plan, planNames[plan]])) as Record<
    Plan,
    string
  >;
}
