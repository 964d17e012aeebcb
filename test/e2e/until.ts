import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';

/** Looks every 10 ms until there is something; an error that says what was waited for, after `seconds`. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  seconds = 120,
): Promise<T> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`Waited ${seconds} seconds for ${what}.`);
    await pause(10);
  }
}

/** So many turns of the event loop: a moment that nobody can name. */
export async function turns(count: number): Promise<void> {
  for (let made = 0; made < count; made += 1) await turn();
}
