import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { TerminalError, TransientError } from '../case/errors.ts';
import type { Events } from '../case/ports.ts';

/** `source` of every event of ours; the rules in infra/events.ts match on it. */
export const eventSource = 'hikkoshi';

/** EventBridge's limit for one entry. */
const largestEventBytes = 256 * 1024;

/** Receivers recognise a repeated event by `detail.id`, which is the id of the recorded intent and not EventBridge's own. */
export function eventBridgeEvents(client: EventBridgeClient, busName: string): Events {
  return {
    async publish({ id, type, at, detail }) {
      const Detail = JSON.stringify({ ...detail, id, at });
      if (Buffer.byteLength(Detail) + 200 > largestEventBytes) {
        throw new TerminalError(`Event ${id} is too large to publish (${Buffer.byteLength(Detail)} bytes).`);
      }
      const entry = {
        EventBusName: busName,
        Source: eventSource,
        DetailType: type,
        Time: new Date(at),
        Detail,
      };
      const { FailedEntryCount, Entries } = await client.send(new PutEventsCommand({ Entries: [entry] }));
      // The call succeeds even when the entry does not.
      if (FailedEntryCount) {
        throw new TransientError(
          `Event ${id} was not taken: ${Entries?.[0]?.ErrorCode ?? 'no reason given'}.`,
        );
      }
    },
  };
}
