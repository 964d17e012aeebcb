import type { Settings } from '../settings.ts';
import type { FixRule } from './rules.ts';

export type FixSeverity = 'info' | 'warning' | 'blocker';

/** What a scan found of one rule: one row of the survey report, and one line of the formal quote if staff choose it. */
export interface FixGroup {
  rule: FixRule;
  severity: FixSeverity;
  places: number;
  files: number;
  /** Hours, in hundredths. */
  hours: number;
  /** The first of the places, `path:line`. */
  first: string;
}

/** How much work so many places are, in hours: a place costs a little, and whoever begins needs at least so long. */
export function fixHours(rule: FixRule, places: number, settings: Pick<Settings, 'webFixes'>): number {
  const { hours, leastHours } = settings.webFixes.rules[rule];
  if (places === 0) return 0;
  return Math.round(Math.max(leastHours, hours * places) * 100) / 100;
}

const order: readonly FixSeverity[] = ['blocker', 'warning', 'info'];

/** Gravest first. */
export function bySeverity(a: { severity: FixSeverity }, b: { severity: FixSeverity }): number {
  return order.indexOf(a.severity) - order.indexOf(b.severity);
}
