export interface Comparison {
  case: string;
  peer: string;
  /** Seconds, one for each round that counts. */
  ours: readonly number[];
  theirs: readonly number[];
  /** Peak of ours. */
  rss_mb: number;
  [fact: string]: unknown;
}

/** A line of JSON for each case and peer; `ratio` = peer / ours, of the medians. */
export function report({ case: name, peer, ours, theirs, rss_mb, ...facts }: Comparison): void {
  const [own, other] = [median(ours), median(theirs)];
  const line = {
    case: name,
    peer,
    ours_s: round(own),
    peer_s: round(other),
    ratio: round(other / own),
    rss_mb,
  };
  console.log(JSON.stringify({ ...line, ...facts }));
}

export function notMeasured(name: string, peer: string, why: string): void {
  console.log(JSON.stringify({ case: name, peer, measured: false, why }));
}

export function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

export function round(number: number): number {
  return Math.round(number * 100) / 100;
}
