import type { ChoiceState, State, WaitState } from './definition.ts';
import type { Fields, Stage } from './fields.ts';
import { longestSeconds, readAssign } from './load-errors.ts';
import { type ReadScope, readMap, readParallel } from './load-map.ts';
import { readTask } from './load-task.ts';

const types = ['Pass', 'Succeed', 'Fail', 'Wait', 'Choice', 'Task', 'Parallel', 'Map'] as const;
const withResult = new Set<string>(['Task', 'Parallel', 'Map']);

type Common = Pick<State, 'name' | 'next' | 'output' | 'assign'>;

const readWait = (fields: Fields, common: Common): WaitState => {
  const seconds = fields.numberTemplate('Seconds', { min: 0, max: longestSeconds, integer: true });
  const timestamp = fields.template('Timestamp', 'before');
  if ((seconds === undefined) === (timestamp === undefined)) {
    fields.refuse('Seconds', 'exactly one of Seconds and Timestamp is due');
  }
  if (timestamp?.kind === 'constant' && parseTimestamp(timestamp.value) === undefined) {
    fields.refuse('Timestamp', 'a time of RFC 3339 is due, e.g. 2026-04-01T09:00:00+09:00');
  }
  return { ...common, type: 'Wait', seconds, timestamp };
};

/** RFC 3339 with the capital T and a zone (States Language, "Timestamps"), as milliseconds; undefined if it is not. */
export const parseTimestamp = (value: unknown): number | undefined => {
  if (typeof value !== 'string') return undefined;
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(value)) return undefined;
  const milliseconds = Date.parse(value);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
};

const readChoice = (fields: Fields, common: Common): ChoiceState => {
  if (!fields.has('Choices')) fields.refuse('Choices', 'is missing');
  const choices = (fields.array('Choices') ?? []).map((rule, index) => {
    const inner = fields.nested(`Choices[${index}]`, rule);
    const condition = inner.template('Condition', 'before');
    if (condition === undefined) inner.refuse('Condition', 'is missing');
    else if (
      condition.kind === 'constant' ? typeof condition.value !== 'boolean' : condition.kind !== 'expression'
    ) {
      inner.refuse('Condition', 'a JSONata expression or a boolean is due here');
    }
    const next = inner.requiredString('Next');
    const output = inner.template('Output', 'before');
    const assign = readAssign(inner, 'before');
    inner.take('Comment');
    inner.end();
    return { condition: condition ?? ({ kind: 'constant', value: false } as const), next, output, assign };
  });
  return { ...common, type: 'Choice', choices, default: fields.string('Default') };
};

/** Where a state of this kind leads: Next or End, one of them, and neither for Succeed, Fail and Choice. */
const readNext = (fields: Fields, type: string): string | undefined => {
  if (type === 'Succeed' || type === 'Fail' || type === 'Choice') return undefined;
  const next = fields.string('Next');
  const end = fields.take('End');
  if (end !== undefined && end !== true) fields.refuse('End', 'is true or absent');
  if ((next === undefined) === (end !== true)) fields.refuse('Next', 'exactly one of Next and End is due');
  return next;
};

export const readState = (fields: Fields, name: string, readScope: ReadScope): State | undefined => {
  const type = fields.oneOf('Type', types);
  if (type === undefined) {
    if (!fields.has('Type')) fields.refuse('Type', 'is missing');
    return undefined;
  }
  fields.take('Comment');
  fields.oneOf('QueryLanguage', ['JSONata']);
  const stage: Stage = withResult.has(type) ? 'after' : 'before';
  const common: Common = {
    name,
    next: readNext(fields, type),
    output: type === 'Fail' ? undefined : fields.template('Output', stage),
    // Succeed and Fail lead nowhere: no state could read a variable of theirs.
    assign: type === 'Fail' || type === 'Succeed' ? undefined : readAssign(fields, stage),
  };
  const state = readKind(fields, type, common, readScope);
  fields.end();
  return state;
};

const readKind = (fields: Fields, type: State['type'], common: Common, readScope: ReadScope): State => {
  switch (type) {
    case 'Wait':
      return readWait(fields, common);
    case 'Choice':
      return readChoice(fields, common);
    case 'Task':
      return readTask(fields, common);
    case 'Parallel':
      return readParallel(fields, common, readScope);
    case 'Map':
      return readMap(fields, common, readScope);
    case 'Fail':
      return {
        ...common,
        type,
        error: fields.template('Error', 'before'),
        cause: fields.template('Cause', 'before'),
      };
    default:
      return { ...common, type };
  }
};
