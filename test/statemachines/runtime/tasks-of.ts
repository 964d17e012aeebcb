/** Short forms of the states that most cases need. */
export const call = (name: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: name, Payload: '{% $states.input %}' },
  Output: '{% $states.result.Payload %}',
  ...('Next' in more ? {} : { End: true }),
  ...more,
});

export const waitForToken = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
  Arguments: { FunctionName: 'open', Payload: { token: '{% $states.context.Task.Token %}' } },
  ...('Next' in more ? {} : { End: true }),
  ...more,
});

export const pass = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  Type: 'Pass',
  ...('Next' in more ? {} : { End: true }),
  ...more,
});

export const named = (name: string, message = 'no'): Error => Object.assign(new Error(message), { name });

export const failing = (name: string, message?: string) => (): never => {
  throw named(name, message);
};

/** A distributed processor around these states. */
export const distributed = (states: Record<string, unknown>): Record<string, unknown> => ({
  ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
  StartAt: Object.keys(states)[0],
  States: states,
});

export const inline = (states: Record<string, unknown>): Record<string, unknown> => ({
  StartAt: Object.keys(states)[0],
  States: states,
});
