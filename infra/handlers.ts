import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What a handler may touch; reach.ts turns each into the fewest actions on the fewest resources.
 * `cases` is the table; `staged` is the temporary bucket, `kept` the records bucket.
 */
export type Reach =
  | 'cases:read'
  | 'cases'
  | 'staged:read'
  | 'staged'
  | 'staged:erase'
  | 'kept'
  | 'vault:read'
  | 'vault:write'
  | 'vault:erase'
  | 'link-key'
  | 'mail'
  | 'events'
  | 'flows';

export interface Handler {
  /** File below functions/, without `.ts`. */
  name: string;
  /** What runs it. A workflow's handler is named in a state machine; a test holds the two together. */
  startedBy: 'workflow' | 'upload' | 'outbox' | 'schedule' | 'web';
  reaches: readonly Reach[];
  /** MB. Processor time comes with it: 1,769 MB is one whole processor. */
  memory: number;
  /** Seconds; at most 900, and below API Gateway's 30 for pages. */
  timeout: number;
  /** Makes PDFs, and so carries the Japanese fonts (14 MB). */
  fonts?: true;
  /** Runs pg_dump, which comes in a layer. */
  postgresql?: true;
  /** Never twice at once: two workers would both send a mail that neither has settled. */
  oneAtATime?: true;
}

const step = { startedBy: 'workflow', memory: 512, timeout: 30 } as const;
/** Works until its time runs short, saves a cursor and returns "more". */
const mover = { startedBy: 'workflow', memory: 1769, timeout: 900 } as const;
/** Each of a transfer's steps carries every engine. */
const moving = ['cases:read', 'staged', 'staged:erase', 'kept', 'vault:read', 'vault:write'] as const;
const page = { startedBy: 'web', memory: 1024, timeout: 25 } as const;

/** Every Lambda function of the product. */
export const handlers: readonly Handler[] = [
  { name: 'open-task', ...step, reaches: ['cases', 'link-key'] },
  { name: 'set-deadline', ...step, reaches: ['cases:read'] },
  { name: 'expire-task', ...step, reaches: ['cases'] },
  { name: 'calculate-simple-quote', ...step, reaches: ['cases'] },
  { name: 'calculate-formal-quote', ...step, reaches: ['cases'] },
  { name: 'calculate-extra-quote', ...step, reaches: ['cases'] },
  { name: 'erase-survey-data', ...step, timeout: 900, reaches: ['cases', 'staged:erase', 'vault:erase'] },
  { name: 'decline-case', ...step, timeout: 900, reaches: ['cases', 'staged:erase', 'vault:erase'] },
  { name: 'close-case', ...step, timeout: 900, reaches: ['cases', 'staged:erase', 'vault:erase'] },
  { name: 'schedule-transfers', ...step, reaches: ['cases'] },
  { name: 'take-inventory', ...mover, reaches: moving, postgresql: true },
  { name: 'copy-chunk', ...mover, reaches: moving },
  { name: 'verify-transfer', ...mover, reaches: moving, postgresql: true },
  { name: 'release-source', ...mover, reaches: moving },
  { name: 'record-transfer', ...step, timeout: 300, reaches: ['cases', 'staged', 'staged:erase', 'kept'] },
  { name: 'scan-web-data', ...mover, reaches: moving },
  { name: 'record-scan', ...step, reaches: ['cases', 'staged:read'] },
  // Before it erases it opens a source that is still closed: an engine's work.
  {
    name: 'erase-migration-data',
    ...mover,
    reaches: ['cases', 'staged', 'staged:erase', 'kept', 'vault:read', 'vault:write', 'vault:erase'],
  },
  { name: 'issue-invoice', ...step, reaches: ['cases'] },
  {
    name: 'receive-survey',
    startedBy: 'upload',
    memory: 512,
    timeout: 60,
    reaches: ['cases', 'staged', 'staged:erase'],
  },
  {
    name: 'deliver-outbox',
    startedBy: 'outbox',
    memory: 1024,
    timeout: 120,
    reaches: ['cases', 'link-key', 'mail', 'events', 'flows'],
    fonts: true,
    oneAtATime: true,
  },
  { name: 'send-reminders', startedBy: 'schedule', memory: 512, timeout: 300, reaches: ['cases'] },
  { name: 'customer-pages', ...page, reaches: ['cases', 'vault:write', 'vault:erase'], fonts: true },
  {
    name: 'console-pages',
    ...page,
    // Progress of a transfer; what the engineer was confided with.
    reaches: ['cases', 'kept', 'staged:read', 'vault:read', 'vault:write', 'vault:erase'],
    fonts: true,
  },
];

export function pascalCase(name: string): string {
  return name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Throws when a listed handler has no file, or a file is not listed: neither may reach a deployment. */
export function entries(directory: string): Map<string, string> {
  const missing = handlers.filter(({ name }) => !existsSync(join(directory, `${name}.ts`)));
  if (missing.length > 0) {
    throw new Error(
      `No such handler in ${directory}: ${missing.map(({ name }) => `${name}.ts`).join(', ')}.`,
    );
  }
  const unlisted = readdirSync(directory).filter(
    (file) => file.endsWith('.ts') && !handlers.some(({ name }) => `${name}.ts` === file),
  );
  if (unlisted.length > 0)
    throw new Error(`In ${directory} but not in infra/handlers.ts: ${unlisted.join(', ')}.`);
  return new Map(handlers.map(({ name }) => [name, join(directory, `${name}.ts`)]));
}
