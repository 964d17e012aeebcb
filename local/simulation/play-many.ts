import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Played } from './play-case.ts';

const worker = fileURLToPath(new URL('worker.ts', import.meta.url));

/** Cases `first` to `end` of a seed, on as many processes as there are cores. Each in its own world: the order is free. */
export async function* playMany(
  seed: number,
  first: number,
  end: number,
): AsyncGenerator<Played & { number: number }> {
  const step = Math.min(availableParallelism(), Math.max(1, end - first));
  const workers = Array.from({ length: step }, (_, index) => {
    const args = [worker, seed, first + index, step, end].map(String);
    return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  });
  const lines = workers.map((child) => createInterface({ input: child.stdout }));
  const exits = workers.map(
    (child) => new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code))),
  );
  try {
    yield* merged(lines.map((reader) => reader[Symbol.asyncIterator]()));
    const codes = await Promise.all(exits);
    if (codes.some((code) => code !== 0)) throw new Error('a process of the simulation failed; see above');
  } finally {
    for (const child of workers) child.kill();
  }
}

/** Lines of all readers, as they come. */
async function* merged(readers: AsyncIterator<string>[]): AsyncGenerator<Played & { number: number }> {
  const next = new Map(readers.map((reader, index) => [index, take(reader, index)]));
  while (next.size > 0) {
    const { index, result } = await Promise.race(next.values());
    if (result.done) {
      next.delete(index);
      continue;
    }
    next.set(index, take(readers[index]!, index));
    yield JSON.parse(result.value) as Played & { number: number };
  }
}

async function take(reader: AsyncIterator<string>, index: number) {
  return { index, result: await reader.next() };
}
