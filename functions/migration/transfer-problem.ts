import * as z from 'zod';
import {
  InvalidInputError,
  PlanShownError,
  RetryAfterError,
  TerminalError,
  TransientError,
  WindowClosedError,
} from '../case/errors.ts';
import type { Objects } from '../case/ports.ts';
import type { TransferJob } from './job.ts';
import { readJson } from './ndjson.ts';

type Run = Pick<TransferJob, 'caseId' | 'plan' | 'run'>;

const kept = z.object({ error: z.string(), message: z.string() });

/** Errors whose messages are written for staff and hold no secret (case/errors.ts). */
const readable = [
  InvalidInputError,
  PlanShownError,
  RetryAfterError,
  TerminalError,
  TransientError,
  WindowClosedError,
];

const key = ({ caseId, plan, run }: Run) => `temporary/${caseId}/${plan}/${run}/problem.json`;

/** What stopped the work, in words for staff. The workflow itself knows the error's name only: its history is a log. */
export async function keepProblem(objects: Objects, run: Run, error: unknown): Promise<void> {
  const problem = { error: (error as Error).name, message: inWords(error) };
  await objects.put(key(run), Buffer.from(JSON.stringify(problem)));
}

/** An error as staff may read it: what is not written for them may hold anything. */
export function inWords(error: unknown): string {
  const known = readable.some((one) => error instanceof one);
  const words = known
    ? (error as Error).message
    : '予期しないエラーで止まりました。移行済みの分は保持されています。';
  return words.slice(0, 1000);
}

export async function readProblem(objects: Objects, run: Run): Promise<z.infer<typeof kept> | undefined> {
  const found = await readJson<unknown>(objects, key(run));
  return found === undefined ? undefined : kept.parse(found);
}

/** It is in the case now; what stops the next attempt is another problem. */
export async function forgetProblem(objects: Objects, run: Run): Promise<void> {
  await objects.deleteAll(key(run));
}
