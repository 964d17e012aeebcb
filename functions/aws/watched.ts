import type { Ports } from '../case/ports.ts';
import type { Redaction } from './redaction.ts';

/** The ports for one invocation: `redaction` learns each secret as it passes, `remaining` is the invocation's own. */
export function watched(ports: Ports, redaction: Redaction, remaining: () => number): Ports {
  return {
    // One by one: a spread would read `linkKey`, which most functions may not.
    clock: ports.clock,
    random: ports.random,
    objects: ports.objects,
    mailer: ports.mailer,
    events: ports.events,
    workflow: ports.workflow,
    settings: ports.settings,
    remaining,
    get linkKey() {
      redaction.add(Buffer.from(ports.linkKey).toString('hex'));
      redaction.add(Buffer.from(ports.linkKey).toString('base64'));
      return ports.linkKey;
    },
    vault: {
      put(caseId, name, value) {
        redaction.add(value);
        return ports.vault.put(caseId, name, value);
      },
      async get(caseId, name) {
        const value = await ports.vault.get(caseId, name);
        if (value !== undefined) redaction.add(value);
        return value;
      },
      erase: (caseId) => ports.vault.erase(caseId),
    },
    records: {
      ...ports.records,
      async load(caseId) {
        const one = await ports.records.load(caseId);
        for (const task of one?.tasks ?? []) {
          redaction.add(task.token);
          if (task.linkSeed) redaction.add(task.linkSeed);
        }
        return one;
      },
    },
  };
}
