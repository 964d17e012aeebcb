import { describe, expect, it } from '@jest/globals';
import { call, failing, inline, pass, waitForToken } from './tasks-of.ts';
import { createWorld, machineOf } from './world.ts';

const childArn = 'arn:aws:states:ap-northeast-1:123456789012:stateMachine:child';
const starting = (more: Record<string, unknown> = {}, sync = true) => ({
  Type: 'Task',
  Resource: `arn:aws:states:::states:startExecution${sync ? '.sync:2' : ''}`,
  Arguments: { StateMachineArn: childArn, Name: 'c', Input: { n: '{% $states.input.n %}' } },
  ...('Next' in more ? {} : { End: true }),
  ...more,
});
const worldOf = (parent: Record<string, unknown>, child: Record<string, unknown>, functions = {}) => {
  const world = createWorld({ parent: machineOf(parent), [childArn]: machineOf(child) }, functions);
  world.runtime.start('parent', 'p', { n: 7 });
  return world;
};

describe('startExecution', () => {
  // Step Functions, "Start a new AWS Step Functions execution from a running one".
  it('.sync:2 waits for the end and has the output as JSON', async () => {
    const world = worldOf(
      { A: starting({ Output: '{% $states.result %}' }) },
      { B: { Type: 'Wait', Seconds: 60, Output: { got: '{% $states.input.n %}' }, End: true } },
    );
    await world.runtime.step();
    expect(world.runtime.describe('p')).toMatchObject({ status: 'RUNNING', states: ['A'] });
    await world.finish();
    expect(world.runtime.describe('p')!.output).toEqual({
      ExecutionArn: 'arn:aws:states:ap-northeast-1:123456789012:execution:child:c',
      Input: { n: 7 },
      Name: 'c',
      Output: { got: 7 },
      StartDate: world.runtime.describe('c')!.startedAt.getTime(),
      StateMachineArn: childArn,
      Status: 'SUCCEEDED',
      StopDate: world.runtime.describe('c')!.stoppedAt!.getTime(),
    });
  });

  it('without .sync goes on at once', async () => {
    const world = worldOf(
      { A: starting({ Output: '{% $states.result.ExecutionArn %}' }, false) },
      { B: { Type: 'Wait', Seconds: 60, End: true } },
    );
    await world.runtime.step();
    expect(world.runtime.describe('p')).toMatchObject({
      output: 'arn:aws:states:ap-northeast-1:123456789012:execution:child:c',
    });
    expect(world.runtime.describe('c')!.status).toBe('RUNNING');
  });

  it('finds the machine by an alias, gives a name, and an input', async () => {
    const Arguments = { StateMachineArn: `${childArn}:live` };
    const world = worldOf(
      { A: starting({ Arguments, Output: '{% $states.result.Output %}' }) },
      { B: pass() },
    );
    await world.finish();
    expect(world.runtime.describe('p')!.output).toEqual({});
    expect(world.runtime.list().find(({ machine }) => machine === childArn)!.name).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('fails with States.TaskFailed when the child fails, its record as cause', async () => {
    const world = worldOf(
      {
        A: starting({
          Catch: [
            {
              ErrorEquals: ['States.TaskFailed'],
              Next: 'Z',
              Output: '{% $parse($states.errorOutput.Cause) %}',
            },
          ],
          Next: 'Z',
        }),
        Z: pass(),
      },
      { B: { Type: 'Fail', Error: 'Declined', Cause: 'c' } },
    );
    await world.finish();
    expect(world.runtime.describe('p')!.output).toMatchObject({
      Status: 'FAILED',
      Error: 'Declined',
      Cause: 'c',
      Name: 'c',
    });
  });

  it('stops the child when its own time is over', async () => {
    const world = worldOf(
      {
        A: starting({
          TimeoutSeconds: 10,
          Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'Z', Output: 'late' }],
        }),
        Z: pass(),
      },
      { B: waitForToken() },
      { open: () => null },
    );
    await world.runtime.step();
    world.clock.advance(10_000);
    await world.runtime.step();
    expect(world.runtime.describe('p')).toMatchObject({ output: 'late' });
    expect(world.runtime.describe('c')).toMatchObject({ status: 'ABORTED' });
  });

  it('stops the children of an execution that is stopped, or whose other branch fails', async () => {
    const states = {
      P: { Type: 'Parallel', Branches: [inline({ A: starting() }), inline({ F: call('f') })], End: true },
    };
    for (const functions of [{ f: () => new Promise(() => {}) }, { f: failing('X') }]) {
      const world = worldOf(states, { B: waitForToken() }, { ...functions, open: () => null });
      for (let turn = 0; turn < 3; turn++) await world.runtime.poll();
      if (world.runtime.describe('p')!.status === 'RUNNING') world.runtime.stop('p', 'S', '');
      expect(world.runtime.describe('c')).toMatchObject({ status: 'ABORTED' });
    }
  });

  it.each<[string, string, Record<string, unknown>]>([
    [
      'an unknown machine',
      'StepFunctions.StateMachineDoesNotExistException',
      { StateMachineArn: 'arn:aws:states:x:1:stateMachine:nobody' },
    ],
    ['a bad name', 'StepFunctions.InvalidNameException', { StateMachineArn: childArn, Name: 'a b' }],
  ])('fails for %s', async (_, error, Arguments) => {
    const world = worldOf({ A: starting({ Arguments }) }, { B: pass() });
    await world.finish();
    expect(world.runtime.describe('p')).toMatchObject({ error });
  });

  it('takes the same running execution for the same name and input, and no other', async () => {
    // API reference, StartExecution: idempotent for a running execution with the same input.
    const child = { B: { Type: 'Wait', Seconds: 60, Output: 'same', End: true } };
    const parent = { A: starting({ Output: '{% $states.result.Output %}' }) };
    const same = worldOf(parent, child);
    same.runtime.start(childArn, 'c', { n: 7 });
    await same.finish();
    expect(same.runtime.describe('p')).toMatchObject({ output: 'same' });
    const other = worldOf(parent, child);
    other.runtime.start(childArn, 'c', { n: 8 });
    await other.finish();
    expect(other.runtime.describe('p')).toMatchObject({
      error: 'StepFunctions.ExecutionAlreadyExistsException',
    });
  });
});
