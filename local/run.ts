import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { deliverOutbox } from '../functions/deliver-outbox.ts';
import { sendReminders } from '../functions/send-reminders.ts';
import { takeDumps } from './dump-folder.ts';
import type { Product } from './product.ts';
import { takeSurveys } from './survey-folder.ts';

/** How often what nobody announces is looked for, in milliseconds. */
const outboxPause = 200;
const reminderPause = 30_000;
const folderPause = 1_000;

/** Keeps the product going until the signal: workflow, outbox, reminders, dropped surveys and dumps. */
export async function run(product: Product, folder: string, signal: AbortSignal): Promise<void> {
  const { ports, runtime } = product;
  await Promise.all([
    runtime.run(signal),
    repeat(outboxPause, signal, () => deliverOutbox({}, ports)),
    repeat(reminderPause, signal, () => sendReminders({}, ports)),
    repeat(folderPause, signal, () => takeSurveys(ports, join(folder, 'surveys'))),
    repeat(folderPause, signal, () => takeDumps(ports, join(folder, 'dumps'))),
  ]);
}

/** One at a time; what fails is said and tried again. */
async function repeat(pause: number, signal: AbortSignal, work: () => Promise<unknown>): Promise<void> {
  while (!signal.aborted) {
    await work().catch((error: Error) => console.error(`hikkoshi: ${error.name}: ${error.message}`));
    await sleep(pause, undefined, { signal }).catch(() => {});
  }
}
