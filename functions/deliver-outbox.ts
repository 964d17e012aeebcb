import { onLambda } from './aws/lambda.ts';
import type { OutboxEntry } from './case/case.ts';
import { emptyOutbox } from './case/empty-outbox.ts';
import type { Ports } from './case/ports.ts';
import { mailFor } from './letters/mail-for.ts';
import { type Papers, pdfPapers } from './letters/papers.ts';

/**
 * Delivers what decisions have queued, each entry under its stable id. Started by every change of the table and, for what
 * was postponed, by a schedule.
 */
export async function deliverOutbox(
  _event: unknown,
  ports: Ports,
  papers: Papers = pdfPapers,
  patience?: number,
) {
  return emptyOutbox(ports, (entry) => deliver(entry, ports, papers), patience);
}

async function deliver(entry: OutboxEntry, ports: Ports, papers: Papers): Promise<void> {
  const { records, mailer, events, workflow, settings } = ports;
  if (entry.kind === 'event') {
    return events.publish({ id: entry.id, type: entry.type, at: entry.createdAt, detail: entry.detail });
  }
  if (entry.kind === 'flow') return workflow.start(entry.flow, entry.name, entry.input);
  const c = await records.load(entry.caseId);
  if (!c) throw new Error(`case ${entry.caseId} is not there`);
  if (entry.kind === 'mail') return mailer.send(await mailFor(entry, c, settings, ports.linkKey, papers));
  // A token that nobody waits on any more is no failure: the wait ran out, and expire-task reads the record.
  const task = c.tasks.find((candidate) => candidate.id === entry.taskId);
  if (task) await workflow.succeed(task.token, task.result ?? {});
}

export const handler = onLambda(async (event, ports) => {
  const result = await deliverOutbox(event, ports);
  // What could not go out: infra/alarms.ts makes a metric of this line. Not by `console`, which Lambda puts a prefix before.
  const { oldestSeconds } = result;
  if (oldestSeconds > 0) process.stdout.write(`${JSON.stringify({ oldestOutboxSeconds: oldestSeconds })}\n`);
  return result;
});
