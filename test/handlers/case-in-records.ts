import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Case } from '../../functions/case/case.ts';
import type { Ports } from '../../functions/case/ports.ts';
import { sampleSettings } from '../../functions/case/sample-settings.ts';
import { openDatabase } from '../../local/ports/database.ts';
import { sqliteEvents } from '../../local/ports/events.ts';
import { sqliteMailbox } from '../../local/ports/mailer.ts';
import { fileObjects } from '../../local/ports/objects.ts';
import { systemRandom } from '../../local/ports/random.ts';
import { sqliteRecords } from '../../local/ports/records.ts';
import { fileVault } from '../../local/ports/vault.ts';
import { SettableClock } from '../../local/simulation/settable-clock.ts';

/** Handlers alone: the local ports without a workflow, for one test. */
export function handlerPorts(now: Date): { ports: Ports; clock: SettableClock; stop: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'hikkoshi-handlers-'));
  const database = openDatabase(':memory:');
  const clock = new SettableClock(now);
  const ports: Ports = {
    clock,
    random: systemRandom,
    settings: sampleSettings,
    records: sqliteRecords(database),
    objects: fileObjects(join(folder, 'objects')),
    vault: fileVault(join(folder, 'vault')),
    mailer: sqliteMailbox(database, clock),
    events: sqliteEvents(database),
    linkKey: new Uint8Array(32),
    workflow: { start: async () => {}, succeed: async () => true },
    remaining: () => 900_000,
  };
  const stop = () => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { ports, clock, stop };
}

/** The case as it is, into the records. */
export async function keep(ports: Ports, c: Case): Promise<void> {
  const change = { expectedVersion: 0, case: { ...c, version: 1 }, history: [], outbox: [], links: [] };
  await ports.records.commit(change);
}

export async function mailsQueued(ports: Ports): Promise<string[]> {
  const pending = await ports.records.pendingOutbox(new Date('2100-01-01T00:00:00Z'), 1000);
  return pending.map(({ entry }) => (entry.kind === 'mail' ? entry.letter : entry.kind));
}
