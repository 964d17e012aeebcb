import { TerminalError } from './errors.ts';
import type { Change } from './ports.ts';

/** DynamoDB: an item holds 400 KB and a transaction 100 items and 4 MB. The margin is for keys and index attributes. */
export const largestItemBytes = 390_000;
export const mostItems = 100;
export const largestChangeBytes = 3_900_000;

export interface ChangeAsText {
  case: string;
  history: string[];
  outbox: string[];
}

/**
 * The change as JSON, with the case's new version in it. Every implementation of Records refuses what the smallest
 * one could not keep, so that nothing works on one machine and fails in production. Throws TerminalError.
 */
export function changeAsText(change: Change): ChangeAsText {
  const count = 1 + change.history.length + change.outbox.length + change.links.length;
  if (count > mostItems) {
    throw new TerminalError(
      `A change of case ${change.case.id} has ${count} parts; at most ${mostItems} can be written at once. ` +
        'Nothing was written: split the decision.',
    );
  }
  const text = (what: string, value: unknown) => {
    const json = JSON.stringify(value);
    const bytes = Buffer.byteLength(json);
    if (bytes > largestItemBytes) {
      throw new TerminalError(
        `The ${what} of case ${change.case.id} has ${bytes} bytes; at most ${largestItemBytes} can be kept. ` +
          'Nothing was written: keep the large part in object storage and its key in the case.',
      );
    }
    return json;
  };
  for (const { sha256 } of change.links) {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new TypeError('A link is stored as its SHA-256 in hex.');
  }
  if ([...change.history, ...change.outbox].some((entry) => entry.caseId !== change.case.id)) {
    throw new TypeError(`A change of case ${change.case.id} holds an entry of another case.`);
  }
  const written: ChangeAsText = {
    case: text('record', { ...change.case, version: change.expectedVersion + 1 }),
    history: change.history.map((entry) => text('history entry', entry)),
    outbox: change.outbox.map((entry) => text('outbox entry', entry)),
  };
  const bytes = [written.case, ...written.history, ...written.outbox].reduce(
    (sum, json) => sum + Buffer.byteLength(json),
    0,
  );
  if (bytes > largestChangeBytes) {
    throw new TerminalError(
      `A change of case ${change.case.id} has ${bytes} bytes; at most ${largestChangeBytes} can be written at once. ` +
        'Nothing was written: split the decision.',
    );
  }
  return written;
}

/** One form for every instant, so that text sorts as time does. */
export const sortableInstant = (at: string): string => new Date(at).toISOString();

/** What is kept of an error for staff. */
export const shortError = (error: string): string => error.slice(0, 1000);
