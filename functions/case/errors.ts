/**
 * The few ways in which a step can fail, each named after what the workflow then does.
 * `name` is a literal: bundlers rename classes, and the state machines match on the name.
 */

/** The step is tried again at once, with back-off: a lost connection, a busy server. */
export class TransientError extends Error {
  override name = 'TransientError';
}

/** The step is tried again, less and less often, for a day and a half: a server that wants fewer requests. */
export class RetryAfterError extends Error {
  override name = 'RetryAfterError';
  readonly retryAt: Date;
  constructor(message: string, retryAt: Date) {
    super(message);
    this.retryAt = retryAt;
  }
}

/** The flow waits until `retryAt`, however many nights that takes: the customer's copy hours (R23). */
export class OutOfHoursError extends RetryAfterError {
  override name = 'OutOfHoursError';
}

/**
 * The person is asked again. `fields` maps a field's name to a Japanese sentence that says what to type;
 * the key '' is the form as a whole.
 */
export class InvalidInputError extends Error {
  override name = 'InvalidInputError';
  readonly fields: Readonly<Record<string, string>>;
  constructor(message: string, fields: Readonly<Record<string, string>> = {}) {
    super(message);
    this.fields = fields;
  }
}

/** Trying again cannot help; staff read the message and decide: wrong password, refused, changed host key. */
export class TerminalError extends Error {
  override name = 'TerminalError';
}

/** The agreed hours are over (R20, R36). What was moved is kept; an engineer goes on at once or agrees on another date. */
export class WindowClosedError extends Error {
  override name = 'WindowClosedError';
}

/** The engineer wanted to see what would move: nothing was copied, and the work waits for their word. */
export class PlanShownError extends Error {
  override name = 'PlanShownError';
}

/** A step that the case's stage does not allow. Nothing was changed. */
export class IllegalStepError extends Error {
  override name = 'IllegalStepError';
}

/** Somebody else changed the case in the meantime. Load it and decide again. */
export class VersionConflictError extends Error {
  override name = 'VersionConflictError';
}
