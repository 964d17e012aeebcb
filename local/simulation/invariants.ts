import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dayOf, endOfDay } from '../../functions/case/calendar.ts';
import type { Case, HistoryEntry } from '../../functions/case/case.ts';
import { lifecycle } from '../../functions/case/lifecycle.ts';
import { isStillClosed } from '../../functions/case/record-transfer.ts';
import { cybozuViolations } from './cybozu-office.ts';
import { contentOf } from './planted.ts';
import type { World } from './world.ts';

/** A simple quote that nobody followed up is an end too, and a welcome one. */
const ends: readonly Case['stage'][] = ['simple-quoted', 'declined', 'closed', 'invoiced'];

/** What must hold when a case is over, whatever happened on the way. Sentences; none is the aim. */
export async function violationsOf(world: World, c: Case, secret: string): Promise<string[]> {
  const history = await world.product.ports.records.history(c.id);
  return [
    ...stuck(world, c),
    ...illegalSteps(history),
    ...undelivered(world),
    ...invoices(world, c),
    ...(await remains(world, c, secret)),
    ...deadlines(c, history),
    ...(await moved(world, c)),
    ...(await cybozuViolations(
      world.cybozu,
      c.stage === 'invoiced' && c.plans.includes('cybozu'),
      isStillClosed(c.problems, 'cybozu'),
    )),
  ];
}

function stuck(world: World, c: Case): string[] {
  const found: string[] = [];
  if (!ends.includes(c.stage)) found.push(`stuck in ${c.stage}`);
  for (const { name, status, error } of world.product.runtime.list({ limit: 1_000 })) {
    if (status !== 'SUCCEEDED') found.push(`execution ${name} is ${status} ${error ?? ''}`);
  }
  const open = c.tasks.filter(({ status }) => status === 'open');
  if (open.length > 0) found.push(`open at the end: ${open.map(({ id }) => id).join(', ')}`);
  return found;
}

/** The stages follow each other as lifecycle.ts says, without a gap. */
function illegalSteps(history: readonly HistoryEntry[]): string[] {
  let stage = 'opened';
  const found: string[] = [];
  for (const { what, details } of history) {
    if (what !== 'stage-changed') continue;
    const { step, from, to } = details;
    const allowed = (lifecycle as Record<string, Record<string, string>>)[String(from)]?.[String(step)];
    if (from !== stage || allowed !== to) found.push(`illegal: ${from} --${step}--> ${to}, after ${stage}`);
    stage = String(to);
  }
  return found;
}

/** Every queued mail and event arrived, under its id, and nothing waits. */
function undelivered(world: World): string[] {
  const mails = new Set(
    world.product.mailbox.listMails({ limit: 10_000 }).map(({ messageId }) => /<(.+)@/.exec(messageId)?.[1]),
  );
  const events = new Set(world.product.events.listEvents().map(({ id }) => id));
  const found = world.queued
    .filter(({ kind, id }) => (kind === 'mail' && !mails.has(id)) || (kind === 'event' && !events.has(id)))
    .map(({ kind, id }) => `${kind} ${id} was never delivered`);
  const left = world.database.prepare('SELECT count(*) AS count FROM outbox').get()?.count;
  if (left !== 0) found.push(`${left} entries are left in the outbox`);
  return found;
}

function invoices(world: World, c: Case): string[] {
  const issued = world.product.events.listEvents().filter(({ type }) => type === 'InvoiceIssued');
  const ids = new Set(issued.map(({ detail }) => detail.invoiceId));
  const wanted = c.stage === 'invoiced' ? 1 : 0;
  return issued.length === wanted && ids.size === wanted
    ? []
    : [`${issued.length} invoice events for a case that is ${c.stage}`];
}

/** R24: after the end neither the customer's data nor what was confided is anywhere on our side. */
async function remains(world: World, c: Case, secret: string): Promise<string[]> {
  if (c.stage === 'simple-quoted') return [];
  const found: string[] = [];
  for await (const { key } of world.product.ports.objects.list(`temporary/${c.id}/`))
    found.push(`left over: ${key}`);
  for (const path of filesBelow(world.folder)) {
    if (readFileSync(path).includes(secret)) found.push(`the planted string is in ${path}`);
  }
  const tables = world.database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  for (const { name } of tables) {
    const rows = JSON.stringify(world.database.prepare(`SELECT * FROM "${name}"`).all());
    if (rows.includes(secret)) found.push(`the planted string is in table ${name}`);
  }
  return found;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** To the second, in Japan: nothing accepted late, nothing expired early, every deadline the end of a day. */
function deadlines(c: Case, history: readonly HistoryEntry[]): string[] {
  const found: string[] = [];
  for (const { id, dueAt, status, completedAt } of c.tasks) {
    if (endOfDay(dayOf(new Date(dueAt))).toISOString() !== dueAt)
      found.push(`${id} is due at ${dueAt}, not the end of a day`);
    // An escalation is never too late (complete-task.ts).
    if (completedAt && completedAt > dueAt && !id.startsWith('escalation.'))
      found.push(`${id} was accepted at ${completedAt}, after ${dueAt}`);
    if (status !== 'expired') continue;
    const expired = history.find(({ what, details }) => what === 'task-expired' && details.task === id);
    if (!expired || expired.at <= dueAt) found.push(`${id} expired at ${expired?.at}, before ${dueAt}`);
  }
  return found;
}

/** A completed migration has moved everything, byte for byte, with modes and times. */
async function moved(world: World, c: Case): Promise<string[]> {
  if (c.stage !== 'invoiced') return [];
  const [source, target] = [await contentOf(world.source), await contentOf(world.target)];
  const missing = [...source].filter(([path, content]) => target.get(path) !== content).map(([path]) => path);
  const extra = [...target.keys()].filter((path) => !source.has(path));
  return [
    ...missing.map((path) => `not moved: ${path}`),
    ...extra.map((path) => `only at the target: ${path}`),
  ];
}
