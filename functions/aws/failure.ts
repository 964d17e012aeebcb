import { ZodError } from 'zod';
import {
  IllegalStepError,
  InvalidInputError,
  PlanShownError,
  RetryAfterError,
  TerminalError,
  TransientError,
  VersionConflictError,
  WindowClosedError,
} from '../case/errors.ts';
import { NotFoundError } from '../case/ports.ts';
import type { Redaction } from './redaction.ts';
import { isTransient } from './transient.ts';

/** Errors of ours: their messages are written for people, and by the rule of the house hold no secret. */
const ours = [
  IllegalStepError,
  InvalidInputError,
  NotFoundError,
  PlanShownError,
  RetryAfterError,
  TerminalError,
  TransientError,
  VersionConflictError,
  WindowClosedError,
];

/**
 * What may leave a handler in place of `error`: Lambda writes an error's text and every property into its log, and Step
 * Functions keeps both for 90 days. The name stays, because the state machines match on it; a busy service becomes a
 * TransientError, which they retry. The message of anybody else's error is not trusted at all (a driver may quote the
 * statement, a parser the line); where it was thrown is kept.
 */
export function failureOf(error: unknown, redaction: Redaction): Error {
  const failure = new Error(redaction.clean(messageOf(error)).slice(0, 2000));
  failure.name = isTransient(error) ? 'TransientError' : nameOf(error);
  const frames =
    error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
  failure.stack = [
    `${failure.name}: ${failure.message}`,
    ...frames.map((frame) => redaction.clean(frame)),
  ].join('\n');
  return failure;
}

function messageOf(error: unknown): string {
  if (ours.some((known) => error instanceof known)) return (error as Error).message;
  if (error instanceof ZodError) {
    const issues = error.issues.map(({ code, path }) => `${path.join('.')} (${code})`);
    return `The input does not have the form that this step takes: ${issues.join(', ')}.`;
  }
  const { code, $metadata } = (error ?? {}) as { code?: unknown; $metadata?: { requestId?: string } };
  const known = [
    typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,40}$/.test(code) ? code : '',
    /^[A-Za-z0-9-]{8,80}$/.test($metadata?.requestId ?? '') ? `request ${$metadata?.requestId}` : '',
  ].filter(Boolean);
  return `${nameOf(error)}${known.map((part) => `, ${part}`).join('')}; its message is not shown.`;
}

function nameOf(error: unknown): string {
  const name = error instanceof Error ? error.name : 'Error';
  return /^[A-Za-z][A-Za-z0-9_.]{0,80}$/.test(name) ? name : 'Error';
}
