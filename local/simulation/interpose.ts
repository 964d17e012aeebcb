import type { OutboxEntry } from '../../functions/case/case.ts';
import type { Ports } from '../../functions/case/ports.ts';
import type { Life } from './crash.ts';

/** The ports with the process's mortality between the product and every effect. `committed` sees what became real. */
export function mortal(
  ports: Ports,
  life: Life,
  committed: (entries: readonly OutboxEntry[]) => void,
): Ports {
  const { records, objects, vault, mailer, events, workflow } = ports;
  return {
    ...ports,
    records: {
      load: (caseId) => records.load(caseId),
      findLink: (sha256) => records.findLink(sha256),
      list: (query) => records.list(query),
      history: (caseId) => records.history(caseId),
      remindable: (now, limit) => records.remindable(now, limit),
      pendingOutbox: (now, limit) => records.pendingOutbox(now, limit),
      commit: (change) =>
        life.effect('records.commit', async () => {
          await records.commit(change);
          committed(change.outbox);
        }),
      settleOutbox: (entry) => life.effect('records.settleOutbox', () => records.settleOutbox(entry)),
      postponeOutbox: (entry, until, error) =>
        life.effect('records.postponeOutbox', () => records.postponeOutbox(entry, until, error)),
    },
    objects: {
      get: (key, range) => objects.get(key, range),
      size: (key) => objects.size(key),
      list: (prefix) => objects.list(prefix),
      put: (key, body) => life.effect('objects.put', () => objects.put(key, body)),
      deleteAll: (prefix) => life.effect('objects.deleteAll', () => objects.deleteAll(prefix)),
    },
    vault: {
      get: (caseId, name) => vault.get(caseId, name),
      put: (caseId, name, value) => life.effect('vault.put', () => vault.put(caseId, name, value)),
      erase: (caseId) => life.effect('vault.erase', () => vault.erase(caseId)),
    },
    mailer: { send: (mail) => life.effect('mailer.send', () => mailer.send(mail)) },
    events: { publish: (event) => life.effect('events.publish', () => events.publish(event)) },
    workflow: {
      start: (flow, name, input) => life.effect('workflow.start', () => workflow.start(flow, name, input)),
      succeed: (token, output) => life.effect('workflow.succeed', () => workflow.succeed(token, output)),
    },
  };
}
