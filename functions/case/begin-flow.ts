import type { Decision } from './decision.ts';
import type { Flow } from './ports.ts';

/** Starts a flow of the specification. The execution's name is the case, the flow and, from the second time, a count. */
export function beginFlow(decision: Decision, flow: Exclude<Flow, 'transfer' | 'web-scan'>): void {
  const c = decision.case;
  if (flow !== 'order') decision.advance(`begin-${flow}`);
  const run = (c.runs[flow] ?? 0) + 1;
  c.runs[flow] = run;
  const name = run === 1 ? `${c.id}-${flow}` : `${c.id}-${flow}-${run}`;
  decision.note('flow-started', { flow, run });
  decision.send({ kind: 'flow', flow, name, input: { caseId: c.id } });
}
