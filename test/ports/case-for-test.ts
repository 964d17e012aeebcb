import type { Case, HistoryEntry, OutboxEntry, Task } from '../../functions/case/case.ts';
import type { Change } from '../../functions/case/ports.ts';

export const start = Date.parse('2026-11-24T00:00:00.000Z');
/** `minutes` after the start of the test's time. */
export const at = (minutes: number): string => new Date(start + minutes * 60_000).toISOString();

export function newCase(id: string, changes: Partial<Case> = {}): Case {
  const one: Case = {
    id,
    version: 0,
    stage: 'hearing',
    createdAt: at(0),
    updatedAt: at(0),
    customer: {
      company: '株式会社髙﨑𠮷野家',
      person: '髙橋 﨑子',
      mail: 'customer@example.jp',
      contractNumber: 'M-1',
      serverKind: 'managed',
      platformMigration: false,
    },
    plans: ['web'],
    runs: {},
    documents: [],
    tasks: [],
    forms: {},
    quotes: [],
    transfers: [],
    erasures: [],
    problems: [],
  };
  return Object.assign(one, changes);
}

export function openTask(kind: Task['kind'], dueAt: string, changes: Partial<Task> = {}): Task {
  const id = `${kind}.1`;
  return {
    id,
    kind,
    generation: 1,
    status: 'open',
    openedAt: at(0),
    dueAt,
    remindersSent: 0,
    token: `token of ${id}`,
    ...changes,
  };
}

export function change(one: Case, parts: Partial<Change> = {}): Change {
  return { expectedVersion: one.version, case: one, history: [], outbox: [], links: [], ...parts };
}

export function historyEntry(caseId: string, number: number): HistoryEntry {
  return {
    caseId,
    number,
    at: at(number),
    actor: 'staff',
    by: 'staff@example.jp',
    what: 'note',
    details: { number },
  };
}

export function eventEntry(caseId: string, id: string, createdAt: string): OutboxEntry {
  return { id, caseId, createdAt, kind: 'event', type: 'test', detail: { 名前: '𠮷' } };
}
