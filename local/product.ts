import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock, Ports, Random } from '../functions/case/ports.ts';
import type { Settings } from '../functions/case/settings.ts';
import { deliverOutbox } from '../functions/deliver-outbox.ts';
import type { Papers } from '../functions/letters/papers.ts';
import type { Engines } from '../functions/migration/engine.ts';
import { sendReminders } from '../functions/send-reminders.ts';
import { workflowHandlers } from './handlers.ts';
import { loadMachines } from './machines.ts';
import { type EventList, sqliteEvents } from './ports/events.ts';

import { type Mailbox, sqliteMailbox } from './ports/mailer.ts';
import { fileObjects } from './ports/objects.ts';
import { sqliteRecords } from './ports/records.ts';
import { fileVault, keyFile } from './ports/vault.ts';
import { Runtime, type RuntimeOptions } from './states-language/runtime.ts';

/** Lambda's longest run: a step of the local product gets as long before it must save its place. Milliseconds. */
const stepTime = 900_000;

export interface ProductOptions {
  folder: string;
  database: DatabaseSync;
  clock: Clock;
  random: Random;
  settings: Settings;
  engines: Engines;
  /** What goes with letters; PDFs, unless a simulation has no time for them. */
  papers?: Papers;
  /** Where a simulation stands between the product and its effects. */
  interpose?: (ports: Ports) => Ports;
  runtime?: Pick<RuntimeOptions, 'beforeWrite' | 'afterWrite' | 'concurrency'>;
}

export interface Product {
  ports: Ports;
  mailbox: Mailbox;
  events: EventList;
  runtime: Runtime;
  /** Does all that is due now; false when there was nothing. */
  step(): Promise<boolean>;
}

/** The whole product on one database and one folder: the same handlers, flows and pages as on AWS. */
export function openProduct(options: ProductOptions): Product {
  const { folder, database, clock, random, settings } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const mailbox = sqliteMailbox(database, clock);
  const events = sqliteEvents(database);
  const local: Ports = {
    clock,
    random,
    settings,
    records: sqliteRecords(database),
    objects: fileObjects(join(folder, 'objects')),
    vault: fileVault(join(folder, 'vault')),
    mailer: mailbox,
    events,
    linkKey: keyFile(join(folder, 'link.key')),
    workflow: {
      start: async (flow, name, input) => {
        runtime.start(flow, name, input);
      },
      succeed: async (token, output) => runtime.succeed(token, output),
    },
    remaining: () => stepTime,
  };
  const ports = options.interpose?.(local) ?? local;
  const handlers = workflowHandlers(options.engines);
  const runtime = new Runtime({
    database,
    clock,
    random,
    machines: loadMachines(Object.keys(handlers)),
    readObject: (_bucket, key) => ports.objects.get(key),
    invoke: (name, payload) => {
      const handler = handlers[name];
      if (!handler) throw new Error(`no function ${name}`);
      const end = Date.now() + stepTime;
      return handler(payload, { ...ports, remaining: () => end - Date.now() });
    },
    ...options.runtime,
  });

  return {
    ports,
    mailbox,
    events,
    runtime,
    async step() {
      const { cases } = await sendReminders({}, ports);
      const { delivered } = await deliverOutbox({}, ports, options.papers);
      const moved = await runtime.step();
      return cases > 0 || delivered > 0 || moved;
    },
  };
}
