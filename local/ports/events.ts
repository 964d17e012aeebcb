import type { DatabaseSync } from 'node:sqlite';
import type { BusinessEvent, Events } from '../../functions/case/ports.ts';

export interface PublishedEvent extends BusinessEvent {
  timesPublished: number;
}

/** What other departments would receive; a page and the tests read it. */
export interface EventList extends Events {
  /** Oldest first. */
  listEvents(): PublishedEvent[];
}

/** Events in SQLite. One that comes again with the same id is kept once, as it came first, and counted. */
export function sqliteEvents(database: DatabaseSync): EventList {
  database.exec(`
    CREATE TABLE IF NOT EXISTS events (
      position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, data TEXT NOT NULL,
      times_published INTEGER NOT NULL DEFAULT 1
    ) STRICT`);
  const add = database.prepare(
    `INSERT INTO events (id, data) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET times_published = times_published + 1`,
  );
  const list = database.prepare('SELECT data, times_published FROM events ORDER BY position');
  return {
    async publish(event) {
      add.run(event.id, JSON.stringify(event));
    },
    listEvents() {
      return list.all().map((row) => ({
        ...(JSON.parse(row.data as string) as BusinessEvent),
        timesPublished: row.times_published as number,
      }));
    },
  };
}
