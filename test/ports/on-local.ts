import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../local/ports/clock.ts';
import { openDatabase } from '../../local/ports/database.ts';
import { sqliteEvents } from '../../local/ports/events.ts';
import { sqliteMailbox } from '../../local/ports/mailer.ts';
import { fileObjects } from '../../local/ports/objects.ts';
import { sqliteRecords } from '../../local/ports/records.ts';
import { fileVault } from '../../local/ports/vault.ts';

/** A new data folder and what removes it. */
export function dataFolder(): { folder: string; stop: () => Promise<void> } {
  const folder = mkdtempSync(join(tmpdir(), 'hikkoshi-ports-'));
  return { folder, stop: async () => rmSync(folder, { recursive: true, force: true }) };
}

function inDatabase<T>(make: (database: ReturnType<typeof openDatabase>) => T) {
  const { folder, stop } = dataFolder();
  const database = openDatabase(join(folder, 'hikkoshi.sqlite'));
  const close = async () => {
    database.close();
    await stop();
  };
  return { port: make(database), stop: close };
}

export const onLocal = {
  name: 'local',
  records: async () => inDatabase(sqliteRecords),
  mailer: async () => {
    const { port, stop } = inDatabase((database) => sqliteMailbox(database, systemClock));
    return {
      port,
      stop,
      received: async () => port.listMails().map(({ to, subject }) => ({ to: [to], subject })),
    };
  },
  events: async () => {
    const { port, stop } = inDatabase(sqliteEvents);
    return {
      port,
      stop,
      received: async () => port.listEvents().map(({ id, type, detail }) => ({ id, type, detail })),
    };
  },
  objects: async () => {
    const { folder, stop } = dataFolder();
    return { port: fileObjects(folder), stop };
  },
  vault: async () => {
    const { folder, stop } = dataFolder();
    return { port: fileVault(folder), stop };
  },
};
