import { resources, type TaskState } from './definition.ts';
import type { Fields } from './fields.ts';
import { longestSeconds, readFallible } from './load-errors.ts';
import { expressionsOf, type Template } from './template.ts';

type Common = Pick<TaskState, 'name' | 'next' | 'output' | 'assign'>;

const allowedArguments = {
  invoke: { required: ['FunctionName'], optional: ['Payload', 'InvocationType'] },
  invokeAndWait: { required: ['FunctionName'], optional: ['Payload', 'InvocationType'] },
  start: { required: ['StateMachineArn'], optional: ['Input', 'Name'] },
  startAndWait: { required: ['StateMachineArn'], optional: ['Input', 'Name'] },
} as const;

/** Names of an object template's fields; undefined when only evaluation tells. */
const keysOf = (template: Template): string[] | undefined => {
  if (template.kind === 'object') return template.entries.map(([key]) => key);
  if (template.kind === 'expression') return undefined;
  if (template.kind === 'constant' && template.value !== null && typeof template.value === 'object') {
    return Object.keys(template.value);
  }
  return [];
};

/** The reason why these arguments do not fit the action, or undefined. Used at load and again when evaluated. */
export const argumentProblem = (action: TaskState['action'], keys: readonly string[]): string | undefined => {
  const { required, optional } = allowedArguments[action];
  const missing = required.filter((key) => !keys.includes(key));
  if (missing.length > 0) return `${missing.join(', ')} is missing`;
  const unknown = keys.filter((key) => !([...required, ...optional] as string[]).includes(key));
  return unknown.length > 0 ? `${unknown.join(', ')} is not supported` : undefined;
};

/** States Language, "Task State"; Step Functions, "Invoke Lambda", "Start a new execution". */
export const readTask = (fields: Fields, common: Common): TaskState => {
  const resource = fields.oneOf('Resource', Object.keys(resources) as (keyof typeof resources)[]);
  if (resource === undefined && !fields.has('Resource')) fields.refuse('Resource', 'is missing');
  const action = resources[resource ?? 'arn:aws:states:::lambda:invoke'];
  const template = fields.template('Arguments', 'before');
  if (template === undefined) fields.refuse('Arguments', 'is missing');
  const keys = template && keysOf(template);
  const problem = keys && argumentProblem(action, keys);
  if (problem) fields.refuse('Arguments', problem);
  const isTokenPassed =
    template && [...expressionsOf(template)].some(({ expression }) => expression.references.token);
  if (action === 'invokeAndWait' && template && !isTokenPassed) {
    fields.refuse('Arguments', 'passes on no $states.context.Task.Token, so nobody could ever answer');
  }
  const seconds = { min: 1, max: longestSeconds, integer: true };
  const timeoutSeconds = fields.numberTemplate('TimeoutSeconds', seconds);
  const heartbeatSeconds = fields.numberTemplate('HeartbeatSeconds', seconds);
  if (heartbeatSeconds && action !== 'invokeAndWait') {
    fields.refuse(
      'HeartbeatSeconds',
      'is supported with .waitForTaskToken only; nothing else here sends heartbeats',
    );
  }
  if (
    heartbeatSeconds?.kind === 'constant' &&
    timeoutSeconds?.kind === 'constant' &&
    Number(heartbeatSeconds.value) >= Number(timeoutSeconds.value)
  ) {
    fields.refuse('HeartbeatSeconds', 'is smaller than TimeoutSeconds');
  }
  return {
    ...common,
    ...readFallible(fields),
    type: 'Task',
    action,
    arguments: template ?? { kind: 'constant', value: {} },
    timeoutSeconds,
    heartbeatSeconds,
  };
};
