import { setFlagsFromString } from 'node:v8';

/**
 * For work that passes gigabytes through. Contents lie outside the heap, but V8 begins to mark the whole heap, step by
 * step, for every 20 MB of them: a third of the processor's time. Without the steps it marks when it must, a quarter as
 * often, and pauses for some 10 ms, which nobody waits for. Memory is the same. For a whole process and for good: only
 * who owns the process calls it, and only where the heap is small.
 */
export function collectSeldom(): void {
  setFlagsFromString('--no-incremental-marking');
}
