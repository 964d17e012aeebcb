import { onLambda } from './aws/lambda.ts';
import type { OutboxEntry } from './case/case.ts';
import type { Ports } from './case/ports.ts';
import { mailFor } from './letters/mail-for.ts';

const batch = 25;
const longestPause = 3_600_000;

/**
 * Delivers what decisions have queued, at least once, each under its stable id; what fails is tried again later. Started
 * by every change of the table and, for what was postponed, by a schedule.
 */
export async function deliverOutbox(_event: unknown, ports: Ports) {
  let delivered = 0;
  while (ports.remaining() > 10_000) {
    const pending = await ports.records.pendingOutbox(ports.clock.now(), batch);
    if (pending.length === 0) break;
    for (const { entry, attempts } of pending) if (await deliverOne(entry, attempts, ports)) delivered += 1;
  }
  return { delivered };
}

async function deliverOne(entry: OutboxEntry, attempts: number, ports: Ports): Promise<boolean> {
  try {
    await deliver(entry, ports);
  } catch (error) {
    const pause = Math.min(longestPause, 5_000 * 2 ** Math.min(attempts, 10));
    const { name, message } = error as Error;
    await ports.records.postponeOutbox(
      entry,
      new Date(ports.clock.now().getTime() + pause),
      `${name}: ${message}`,
    );
    return false;
  }
  await ports.records.settleOutbox(entry);
  return true;
}

async function deliver(entry: OutboxEntry, ports: Ports): Promise<void> {
  const { records, mailer, events, workflow, settings } = ports;
  if (entry.kind === 'event') {
    return events.publish({ id: entry.id, type: entry.type, at: entry.createdAt, detail: entry.detail });
  }
  if (entry.kind === 'flow') return workflow.start(entry.flow, entry.name, entry.input);
  const c = await records.load(entry.caseId);
  if (!c) throw new Error(`case ${entry.caseId} is not there`);
  if (entry.kind === 'mail') return mailer.send(await mailFor(entry, c, settings, ports.linkKey));
  // A token that nobody waits on any more is no failure: the wait ran out, and expire-task reads the record.
  const task = c.tasks.find((candidate) => candidate.id === entry.taskId);
  if (task) await workflow.succeed(task.token, task.result ?? {});
}

export const handler = onLambda(deliverOutbox);
