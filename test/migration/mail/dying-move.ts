import { readFileSync } from 'node:fs';
import type { Objects } from '../../../functions/case/ports.ts';
import { jobBetween, move } from './move.ts';

/**
 * A move that kills its own process with SIGKILL: some milliseconds after it has begun to write its n-th object.
 * Arguments: port, port, folder, n (0: never), milliseconds, user. Prints the summary
 * and its peak of memory, in MB, if it lives to see them.
 */
const [source, target, folder, writes, delay, user = 'taro'] = process.argv.slice(2);
let left = Number(writes) || Number.POSITIVE_INFINITY;
const accounts = [{ user, password: 'himitsu', targetUser: user }];
const job = jobBetween({ source: Number(source), target: Number(target) }, { folder: folder!, accounts });
const { objects } = job;
const deadly: Objects = {
  ...objects,
  put: (key, body) => {
    if (--left === 0) {
      if (Number(delay) === 0) process.kill(process.pid, 'SIGKILL');
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), Number(delay));
    }
    return objects.put(key, body);
  },
};
const summary = await move({ ...job, objects: deadly });
const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
console.log(JSON.stringify({ ...summary, residentMegabytes: Math.round(Number(peak) / 1000) }));
