import { isWithinDataLimit } from './json.ts';

/** Longest error name and cause that Step Functions keeps (API reference: SendTaskFailure). */
const longestError = 256;
const longestCause = 32_768;

/**
 * A state failed: the error name that Retry and Catch match, and a cause for people. The cause is stored with
 * the execution: whoever throws it keeps secrets out of it.
 */
export class StateFailure extends Error {
  override name = 'StateFailure';
  readonly error: string;
  readonly reason: string;
  constructor(error: string, reason: string) {
    super(`${error}: ${reason}`);
    this.error = error.slice(0, longestError);
    this.reason = reason.slice(0, longestCause);
  }
}

export const queryFailure = (field: string, reason: string) =>
  new StateFailure('States.QueryEvaluationError', `The JSONata expression of '${field}' failed: ${reason}`);

/** Serialises what goes into or out of a state. Throws States.DataLimitExceeded above 256 KiB. */
export const toData = (value: unknown, field: string): string => {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // A lambda holds its whole environment, which is circular.
  }
  // JSONata's own functions are objects with marks of this name.
  if (text === undefined || text.includes('"_jsonata_')) {
    throw queryFailure(field, 'it returned nothing that JSON can hold');
  }
  return checkedData(text, field);
};

export const checkedData = (text: string, field: string): string => {
  if (isWithinDataLimit(text)) return text;
  throw new StateFailure('States.DataLimitExceeded', `'${field}' is larger than 262144 bytes of UTF-8`);
};
