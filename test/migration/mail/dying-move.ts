import type { Objects } from '../../../functions/case/ports.ts';
import { jobBetween, move } from './move.ts';

/**
 * A move that kills its own process with SIGKILL: some milliseconds after it has begun to write its n-th object.
 * Arguments: port, port, folder, n (0: never), milliseconds. Prints the summary if it lives to see it.
 */
const [source, target, folder, writes, delay] = process.argv.slice(2);
let left = Number(writes) || Number.POSITIVE_INFINITY;
const job = jobBetween({ source: Number(source), target: Number(target) }, { folder: folder! });
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
console.log(JSON.stringify(await move({ ...job, objects: deadly })));
