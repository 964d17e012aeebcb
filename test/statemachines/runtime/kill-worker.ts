import { randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { Runtime } from '../../../local/states-language/runtime.ts';
import { call, distributed, inline, pass, waitForToken } from './tasks-of.ts';
import { machineOf } from './world.ts';

/** The process that kill.test.ts kills: runs what is in the database, says each call, ends when all has ended. */
const machine = machineOf({
  Begin: pass({ Assign: { n: '{% $states.input.n %}' }, Next: 'Each' }),
  Each: {
    Type: 'Map',
    Items: '{% [1..6] %}',
    MaxConcurrency: 2,
    ItemProcessor: inline({ Square: call('square') }),
    Next: 'Spread',
  },
  Spread: {
    Type: 'Map',
    ItemProcessor: distributed({ Half: call('half') }),
    Output: '{% $sum($states.result) %}',
    Next: 'Ask',
  },
  Ask: waitForToken({
    Arguments: {
      FunctionName: 'open',
      Payload: { token: '{% $states.context.Task.Token %}', name: '{% $states.context.Execution.Name %}' },
    },
    Assign: { answer: '{% $states.result %}' },
    Output: '{% $states.input %}',
    Next: 'Rest',
  }),
  Rest: { Type: 'Wait', Timestamp: '{% $fromMillis($millis() + 20) %}', Next: 'End' },
  End: pass({ Output: '{% [$n, $states.input, $answer] %}' }),
});

const [, , path, count, mode] = process.argv;
/** In this mode calls of the first execution stay in flight and nobody answers it: the process never ends by itself. */
const isHeld = mode === 'hold';
const database = new DatabaseSync(path!);
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
const tokenFile = `${path}.tokens`;
const answerAll = () => {
  for (const line of existsSync(tokenFile) ? readFileSync(tokenFile, 'utf8').split('\n') : []) {
    const [name, token] = line.split(' ');
    if (token && !(isHeld && name === 'e0')) runtime.succeed(token, 'yes');
  }
};
const say = (line: string) => writeSync(1, `${line}\n`);
const functions: Record<string, (payload: never) => unknown> = {
  square: (n: number) => n * n,
  half: (n: number) => n / 2,
  open: ({ token, name }: { token: string; name: string }) => {
    // The answer comes from outside the call, after it; a file remembers it, as the outbox of a real case would.
    appendFileSync(tokenFile, `${name} ${token}\n`);
    setTimeout(5).then(answerAll);
  },
};
const runtime = new Runtime({
  database,
  clock: { now: () => new Date() },
  random: { bytes: (length) => randomBytes(length) },
  machines: new Map([['machine', machine]]),
  async invoke(name, payload, { executionName }) {
    say(`call ${name} ${executionName}`);
    if (isHeld && name === 'half' && executionName === 'e0') await new Promise(() => {});
    await setTimeout(1);
    return functions[name]!(payload as never);
  },
  // biome-ignore lint/correctness/useYield: nothing reads an object here.
  async *readObject() {
    throw new Error('no objects');
  },
});

for (let n = 0; n < Number(count); n++) runtime.start('machine', `e${n}`, { n });
const stop = new AbortController();
answerAll();
const watch = async () => {
  while (isHeld || runtime.list({ status: 'RUNNING', limit: 1 }).length > 0) {
    await setTimeout(5);
    if (isHeld) say('still here');
  }
  stop.abort();
};
await Promise.all([runtime.run(stop.signal), watch()]);
say('all ended');
