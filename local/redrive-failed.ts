import type { Product } from './product.ts';

/**
 * What an operator does in the cloud after an alarm: flows that failed before this start go on where they stopped. Not a
 * transfer by itself: its order has caught the failure and goes on. Returns a line for each, to be shown.
 */
export function redriveFailed({ runtime }: Pick<Product, 'runtime'>): string[] {
  const failed = runtime
    .list({ status: 'FAILED', limit: 1_000 })
    .filter(({ machine }) => machine !== 'transfer');
  return failed.flatMap(({ name, machine, states, error }) => {
    try {
      runtime.redrive(name, machine);
    } catch (refused) {
      return [`${name} failed in ${states.join(', ')} and cannot go on: ${(refused as Error).message}`];
    }
    return [`${name} failed in ${states.join(', ')} (${error ?? 'no reason'}) and is tried again`];
  });
}
