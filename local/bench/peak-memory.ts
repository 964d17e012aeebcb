import { readFileSync } from 'node:fs';

/** Of this process, in MB. What getrusage tells begins with the peak of the process that started it. */
export function peakMegabytes(): number {
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return Math.round(Number(peak) / 1024);
}
