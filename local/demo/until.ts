import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again every 50 ms until there is an answer. Throws the signal's reason, or `late()` after `seconds`. */
export async function until<T>(
  ask: () => Promise<T | undefined> | T | undefined,
  seconds: number,
  signal: AbortSignal,
  late: () => Promise<Error> | Error,
): Promise<T> {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    signal.throwIfAborted();
    const found = await ask();
    if (found !== undefined) return found;
    await sleep(50);
  }
  throw await late();
}
