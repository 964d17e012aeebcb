import { describe, expect, test } from '@jest/globals';
import { expunge } from '../../../functions/migration/mail/imap/expunge.ts';
import { storeFlags } from '../../../functions/migration/mail/imap/store.ts';
import type { Moment } from './farewell-proxy.ts';
import { type End, type Given, leaveTaking, type State, type Step, seeds, steps } from './leave-taking.ts';
import { fill } from './mailboxes.ts';
import { move } from './move.ts';

/** The moments of a command at which a server can take its leave, by what passes between both. */
const moments = {
  greets: ['before', 'after its OK'],
  agrees: ['before', 'before its OK', 'after its OK'],
  tells: ['before', 'between responses', 'in a response', 'before its OK', 'after its OK'],
  takes: ['before', 'in its literal', 'in its second literal', 'before its OK', 'after its OK'],
  asks: ['before', 'after the continuation', 'before its OK', 'after its OK'],
  leaves: ['before'],
} as const satisfies Record<string, readonly Moment[]>;

type States = Partial<Record<Step, Partial<Record<End, Commands>>>>;
type Commands = Partial<Record<keyof typeof moments, readonly string[]>>;

const opens = { greets: ['greeting'], agrees: ['AUTHENTICATE'], leaves: ['LOGOUT'] };

/** What both ends are told in a first run, all of it. */
const firstRun: Record<Step, Record<End, Commands>> = {
  inventory: {
    source: { ...opens, tells: ['LIST', 'NAMESPACE', 'STATUS', 'EXAMINE', 'FETCH'] },
    target: {
      ...opens,
      agrees: [...opens.agrees, 'CREATE', 'SUBSCRIBE'],
      tells: ['LIST', 'NAMESPACE', 'STATUS', 'GETQUOTAROOT'],
    },
  },
  copy: {
    source: { ...opens, tells: ['EXAMINE', 'UID FETCH'] },
    target: { ...opens, tells: ['STATUS', 'SELECT'], takes: ['APPEND'] },
  },
  verify: {
    source: {},
    target: { ...opens, agrees: [...opens.agrees, 'NOOP'], tells: ['LIST', 'SELECT', 'UID FETCH', 'STATUS'] },
  },
};

/** A server that offers nothing which RFC 3501 does not ask of it, and tells that only when it is asked. */
const plainest =
  / ?\[CAPABILITY [^\]]*\]| (LITERAL\+|SASL-IR|LIST-EXTENDED|SPECIAL-USE|MULTIAPPEND|UIDPLUS)(?=[ \r])/g;
const atThePlainest: States = {
  inventory: { source: { tells: ['LSUB'] }, target: { agrees: ['LSUB'] } },
  copy: {
    source: { tells: ['CAPABILITY'], asks: ['AUTHENTICATE'] },
    target: { tells: ['CAPABILITY'], asks: ['AUTHENTICATE', 'APPEND'] },
  },
};

/** What the verification finds missing is moved once more, from the staged copy. */
const missing: States = { verify: { target: { takes: ['APPEND'] } } };

/** What it finds twice is removed. */
const twice: States = { verify: { target: { agrees: ['UID STORE', 'UID EXPUNGE'] } } };

/** A second run has marks to change. */
const marks: States = { copy: { target: { agrees: ['UID STORE'] } } };

const behindStartTls: Commands = {
  greets: ['greeting'],
  agrees: ['STARTTLS', 'AUTHENTICATE'],
  tells: ['CAPABILITY'],
};

const between = leaveTaking();

/** A row is one command; its tests are each moment of it, and one of them again and again. */
const rows = (states: States) =>
  Object.entries(states).flatMap(([step, ends]) =>
    Object.entries(ends).flatMap(([end, commands]) =>
      Object.entries(commands).flatMap(([kind, names]) =>
        names.map((command) => {
          const all: readonly Moment[] = moments[kind as keyof typeof moments];
          const state = (moment: Moment, times: number): State => ({
            ...{ step: step as Step, end: end as End, command, moment, times },
          });
          const again = all.includes('before its OK') ? 'before its OK' : 'before';
          return {
            title: `${step}, ${end}, ${command}`,
            states: [...all.map((moment) => state(moment, 1)), state(again, Number.POSITIVE_INFINITY)],
          };
        }),
      ),
    ),
  );

test('the table knows every command of a run, and what passes in it', async () => {
  const { source, target, job, dispose } = await between();
  for (const step of ['inventory', 'copy', 'verify'] as const) {
    await steps[step](job, 0);
    for (const [end, proxy] of Object.entries({ source, target })) {
      const commands = firstRun[step][end as End];
      const known = Object.values(commands).flat();
      expect({ step, end, seen: [...proxy.seen.keys()].sort() }).toEqual({ step, end, seen: known.sort() });
      for (const [command, { literals, responses }] of proxy.seen) {
        const kind = literals > 1 ? 'takes' : responses > 0 && command !== 'LOGOUT' ? 'tells' : undefined;
        if (kind) expect(commands[kind]).toContain(command);
      }
      proxy.seen.clear();
    }
  }
  dispose();
});

/** One run with the leave-taking in it, the next run without, and then every message is there once. */
async function expectWhole(states: readonly State[], options: Parameters<typeof between>[0] = {}) {
  await Promise.all(
    states.map(async (state) => {
      const { run, expectSame, dispose } = await between(options);
      try {
        const { ended, next } = await run(state);
        const summary = await move(next, 0);
        expect({ ...state, ...summary }).toMatchObject({ ...state, skipped: 0, unexplained: 0 });
        if (ended && state.times === 1)
          expect({ ...state, moved: summary.moved }).toEqual({ ...state, moved: 0 });
        await expectSame(state);
      } finally {
        dispose();
      }
    }),
  );
}

describe('BYE in a first run', () => {
  test.each(rows(firstRun))('$title', ({ states }) => expectWhole(states));
});

describe('BYE of a server that offers nothing', () => {
  test.each(rows(atThePlainest))('$title', ({ states }) => expectWhole(states, { hidden: plainest }));
});

describe('BYE before, in and behind STARTTLS', () => {
  const both = { source: behindStartTls, target: behindStartTls };
  test.each(rows({ inventory: both }))('$title', ({ states }) => expectWhole(states, { encrypted: true }));
});

describe('BYE while what is missing at the target is moved once more', () => {
  const given: Given = { end: 'target', change: (to) => expunge(to, [1, 2]) };
  test.each(rows(missing))('$title', ({ states }) => expectWhole(states, { given }));
});

describe('BYE while what is there twice is removed', () => {
  const given: Given = { end: 'target', change: (to) => fill(to, 'INBOX', seeds(0, 2)) };
  test.each(rows(twice))('$title', ({ states }) => expectWhole(states, { given }));
});

describe('BYE while marks are changed by a second run', () => {
  const given: Given = { end: 'source', change: (from) => storeFlags(from, [2, 4], '+', ['\\Answered']) };
  test.each(rows(marks))('$title', ({ states }) => expectWhole(states, { given }));
});
