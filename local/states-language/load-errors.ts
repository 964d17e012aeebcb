import type { Catcher, Fallible, Retrier } from './definition.ts';
import type { Fields } from './fields.ts';
import type { Template } from './template.ts';

/** Longest time that Step Functions takes, in seconds: 99,999,999 is a little over three years. */
export const longestSeconds = 99_999_999;
const largestMaxDelay = 31_622_400;

/** Errors that the service itself reports (States Language, appendix A; "Handling errors in Step Functions"). */
const reservedErrors = new Set(
  'ALL DataLimitExceeded ExceedToleratedFailureThreshold HeartbeatTimeout Http.Socket IntrinsicFailure ItemReaderFailed NoChoiceMatched ParameterPathFailure Permissions ResultPathMatchFailure ResultWriterFailed Runtime TaskFailed Timeout BranchFailed QueryEvaluationError'
    .split(' ')
    .map((name) => `States.${name}`),
);

/** States.ALL stands alone and last (States Language, "Retrying after error", "Fallback states"). */
const readErrors = (fields: Fields, isLast: boolean): readonly string[] => {
  const names = fields.array('ErrorEquals');
  if (names === undefined) {
    if (!fields.has('ErrorEquals')) fields.refuse('ErrorEquals', 'is missing');
    return [];
  }
  const errors: string[] = [];
  for (const name of names) {
    if (typeof name !== 'string' || name === '') fields.refuse('ErrorEquals', 'holds strings only');
    else if (name.startsWith('States.') && !reservedErrors.has(name)) {
      fields.refuse(
        'ErrorEquals',
        `'${name}' is no error of the service; names that begin with 'States.' are reserved`,
      );
    } else if (name === 'States.Runtime') fields.refuse('ErrorEquals', 'nothing catches States.Runtime');
    else errors.push(name);
  }
  if (errors.includes('States.ALL')) {
    if (errors.length > 1) fields.refuse('ErrorEquals', 'States.ALL stands alone');
    if (!isLast) fields.refuse('ErrorEquals', 'States.ALL stands in the last element');
  }
  return errors;
};

const readRetrier = (fields: Fields, isLast: boolean): Retrier => {
  const errorEquals = readErrors(fields, isLast);
  const intervalSeconds =
    fields.number('IntervalSeconds', { min: 1, max: longestSeconds, integer: true }) ?? 1;
  const maxAttempts = fields.number('MaxAttempts', { min: 0, max: longestSeconds, integer: true }) ?? 3;
  const backoffRate = fields.number('BackoffRate', { min: 1, max: 1e6, integer: false }) ?? 2;
  const maxDelaySeconds = fields.number('MaxDelaySeconds', {
    min: 1,
    max: largestMaxDelay - 1,
    integer: true,
  });
  if (maxDelaySeconds !== undefined && maxDelaySeconds <= intervalSeconds) {
    fields.refuse('MaxDelaySeconds', 'is greater than IntervalSeconds');
  }
  const fullJitter = fields.oneOf('JitterStrategy', ['FULL', 'NONE']) === 'FULL';
  fields.take('Comment');
  fields.end();
  return { errorEquals, intervalSeconds, maxAttempts, backoffRate, maxDelaySeconds, fullJitter };
};

const readCatcher = (fields: Fields, isLast: boolean): Catcher => {
  const errorEquals = readErrors(fields, isLast);
  const next = fields.requiredString('Next');
  const output = fields.template('Output', 'caught');
  const assign = readAssign(fields, 'caught');
  fields.take('Comment');
  fields.end();
  return { errorEquals, next, output, assign };
};

export const readFallible = (fields: Fields): Fallible => {
  const each = <T>(name: string, read: (inner: Fields, isLast: boolean) => T): T[] => {
    const list = fields.array(name) ?? [];
    return list.map((item, index) =>
      read(fields.nested(`${name}[${index}]`, item), index === list.length - 1),
    );
  };
  return { retry: each('Retry', readRetrier), catch: each('Catch', readCatcher) };
};

/** Variable names: Unicode identifiers of at most 80 characters, `states` reserved ("Workflow variables"). */
export const readAssign = (fields: Fields, stage: 'before' | 'after' | 'caught') => {
  const assign = fields.template('Assign', stage);
  if (assign === undefined) return undefined;
  const isMap = assign.kind === 'object' || (assign.kind === 'constant' && typeof assign.value === 'object');
  if (!isMap || Array.isArray(assign.kind === 'constant' && assign.value)) {
    fields.refuse('Assign', 'an object of variables is due here');
    return undefined;
  }
  for (const name of assignedNames(assign)) {
    if (name === 'states') fields.refuse(`Assign/${name}`, '$states is reserved');
    else if (!/^\p{ID_Start}[\p{ID_Continue}]{0,79}$/u.test(name)) {
      fields.refuse(
        `Assign/${name}`,
        'a variable is a letter, then letters, digits and _, 80 characters at most',
      );
    }
  }
  return assign;
};

/** The variables that an Assign sets. */
export const assignedNames = (assign: Template | undefined): string[] => {
  if (assign?.kind === 'object') return assign.entries.map(([name]) => name);
  if (assign?.kind === 'constant' && assign.value) return Object.keys(assign.value);
  return [];
};
