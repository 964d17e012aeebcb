import type { Definition } from '../../../local/states-language/definition.ts';
import type { InvokeContext } from '../../../local/states-language/engine.ts';
import { call, distributed, inline, named, pass, waitForToken } from './tasks-of.ts';
import { machineOf } from './world.ts';

/** A case in small, with every kind of transition: waits, tokens, retries, catches, children, both kinds of Map. */
export const machines: Record<string, Definition> = {
  order: machineOf({
    Begin: pass({
      Assign: { caseId: '{% $states.input.caseId %}', items: '{% $states.input.items %}' },
      Next: 'Flaky',
    }),
    Flaky: call('flaky', {
      Retry: [{ ErrorEquals: ['TransientError'], JitterStrategy: 'FULL' }],
      Next: 'Sign',
    }),
    Sign: waitForToken({
      TimeoutSeconds: 864_000,
      Assign: { signed: '{% $states.result.by %}' },
      Next: 'Refused',
    }),
    Refused: call('refuse', {
      Catch: [
        {
          ErrorEquals: ['TerminalError'],
          Assign: { refusal: '{% $states.errorOutput.Error %}' },
          Next: 'Both',
        },
      ],
      Next: 'Both',
    }),
    Both: {
      Type: 'Parallel',
      Branches: [
        inline({
          Pause: { Type: 'Wait', Seconds: 3600, Next: 'Each' },
          Each: {
            Type: 'Map',
            Items: '{% $items %}',
            MaxConcurrency: 2,
            ItemProcessor: inline({ Double: call('double') }),
            End: true,
          },
        }),
        inline({
          Silent: waitForToken({
            TimeoutSeconds: 60,
            Catch: [{ ErrorEquals: ['States.Timeout'], Output: 'silent', Next: 'Silence' }],
          }),
          Silence: pass(),
        }),
      ],
      Next: 'Move',
    },
    Move: {
      Type: 'Task',
      Resource: 'arn:aws:states:::states:startExecution.sync:2',
      Arguments: {
        StateMachineArn: 'transfer',
        Name: '{% $caseId & "-transfer" %}',
        Input: { key: '{% $caseId %}' },
      },
      Output: { moved: '{% $states.result.Output %}', both: '{% $states.input %}' },
      Next: 'Done',
    },
    Done: pass({
      Output: '{% $merge([$states.input, {"signed": $signed, "refusal": $refusal, "caseId": $caseId}]) %}',
    }),
  }),
  transfer: machineOf({
    Chunks: {
      Type: 'Map',
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        ReaderConfig: { InputType: 'JSONL' },
        Arguments: { Bucket: 'b', Key: '{% $states.input.key %}' },
      },
      ItemSelector: { n: '{% $states.context.Map.Item.Value %}' },
      ItemProcessor: distributed({
        Copy: call('copy', { Next: 'More' }),
        More: {
          Type: 'Choice',
          Choices: [{ Condition: '{% $states.input.more %}', Next: 'Copy' }],
          Default: 'Copied',
        },
        Copied: pass({ Output: '{% $states.input.n %}' }),
      }),
      ToleratedFailureCount: 1,
      Output: '{% $count($states.result) %}',
      End: true,
    },
  }),
};

export const input = (caseId: string) => ({ caseId, items: [1, 2, 3] });

export const expectedOutput = (caseId: string) => ({
  both: [[2, 4, 6], 'silent'],
  moved: 5,
  signed: `customer of ${caseId}`,
  refusal: 'TerminalError',
  caseId,
});

export const readObject = async function* (): AsyncGenerator<Uint8Array> {
  yield Buffer.from('1\n2\n3\n');
  yield Buffer.from('4\n5\n');
};

/** Functions without memory: a step that is done again does the same again. */
export const createFunctions = (onToken: (name: string, state: string, token: string) => void) => ({
  flaky: (payload: unknown, { attempt }: InvokeContext) => {
    if (attempt < 3) throw named('TransientError');
    return payload;
  },
  open: ({ token }: { token: string }, { executionName, state }: InvokeContext) =>
    onToken(executionName, state, token),
  refuse: () => {
    throw named('TerminalError');
  },
  double: (n: number) => n * 2,
  copy: ({ n, turn = 0 }: { n: number; turn?: number }) => {
    if (n === 4) throw named('TerminalError');
    return { n, turn: turn + 1, more: turn < 1 };
  },
});
