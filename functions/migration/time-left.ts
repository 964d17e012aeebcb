export interface Amounts {
  objects: number;
  bytes: number;
}

/** Too little to judge by, in seconds. */
const least = 10;

/**
 * In how many seconds what is left may be done, if it goes on as it went: as many objects, and as many bytes, as in the
 * seconds at work so far; the slower of the two decides. Undefined while too little is known.
 */
export function timeLeft(done: Amounts, seconds: number, left: Amounts): number | undefined {
  if (seconds < least) return undefined;
  const at = (speed: number, amount: number) => (amount <= 0 ? 0 : (amount * seconds) / speed);
  const longest = Math.max(at(done.objects, left.objects), at(done.bytes, left.bytes));
  return Number.isFinite(longest) ? Math.ceil(longest) : undefined;
}
