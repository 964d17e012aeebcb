import { onLambda } from './aws/lambda.ts';
import type { OutboxEntry } from './case/case.ts';
import type { Ports } from './case/ports.ts';
import { mailFor } from './letters/mail-for.ts';
import { type Papers, pdfPapers } from './letters/papers.ts';

const batch = 25;
const longestPause = 3_600_000;

/**
 * Delivers what decisions have queued, at least once, each under its stable id; what fails is tried again later. Started
 * by every change of the table and, for what was postponed, by a schedule. `oldestSeconds`: how long the oldest entry that
 * failed again has waited.
 */
export async function deliverOutbox(_event: unknown, ports: Ports, papers: Papers = pdfPapers) {
  let delivered = 0;
  let oldestSeconds = 0;
  // The index of what is pending lags behind: an entry may come back right after it was settled.
  const seen = new Set<string>();
  while (ports.remaining() > 10_000) {
    const found = await ports.records.pendingOutbox(ports.clock.now(), batch);
    const pending = found.filter(({ entry }) => !seen.has(entry.id));
    if (pending.length === 0) break;
    for (const { entry, attempts } of pending) {
      seen.add(entry.id);
      const waited = (ports.clock.now().getTime() - Date.parse(entry.createdAt)) / 1000;
      if (await deliverOne(entry, attempts, ports, papers)) delivered += 1;
      else oldestSeconds = Math.max(oldestSeconds, Math.floor(waited));
    }
  }
  return { delivered, oldestSeconds };
}

async function deliverOne(
  entry: OutboxEntry,
  attempts: number,
  ports: Ports,
  papers: Papers,
): Promise<boolean> {
  try {
    await deliver(entry, ports, papers);
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
