import type { Case, Erasure } from './case.ts';
import { changeCase } from './change-case.ts';
import type { Decision } from './decision.ts';
import type { Ports } from './ports.ts';

/**
 * R24: the customer's copied data and everything confided for it, credentials and the key of the copies included.
 * The secrets go first: without the key a copy that a crash leaves behind is noise, and the next run deletes it.
 * What is confided while this is at work goes at its end; from then on nothing is taken. Contract and tax records stay. `decide` adds what else belongs into the same transaction.
 */
export async function eraseCaseData(
  ports: Ports,
  caseId: string,
  reason: Erasure['reason'],
  decide: (decision: Decision) => void = () => {},
): Promise<Case> {
  const secrets = await ports.vault.erase(caseId);
  const copies = await ports.objects.deleteAll(`temporary/${caseId}/`);
  // Survey reports arrive beside the copies, because an upload is told by its prefix (infra/triggers.ts).
  const objects = copies + (await ports.objects.deleteAll(`temporary/surveys/${caseId}/`));
  const changed = await changeCase(ports, caseId, { actor: 'system', by: 'erasure' }, (decision) => {
    const { erasures } = decision.case;
    if (!erasures.some((erasure) => erasure.reason === reason) || secrets + objects > 0) {
      erasures.push({ at: decision.at, reason, objects, secrets });
      decision.note('erased', { reason, objects, secrets });
    }
    decide(decision);
  });
  await ports.vault.erase(caseId);
  return changed.case;
}
