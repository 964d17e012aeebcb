import type { Scope, State } from './definition.ts';
import { Fields, type Use } from './fields.ts';
import { isObject } from './json.ts';
import { assignedNames } from './load-errors.ts';
import type { ReadScope } from './load-map.ts';
import { readState } from './load-state.ts';
import type { Refusals } from './refusals.ts';

/** The names that a scope's states assign, and where the reading of names goes on outward. */
export interface VariableScope {
  assigned: { name: string; state: string }[];
  states: Set<string>;
  outer: VariableScope | undefined;
}

export interface Loading {
  refusals: Refusals;
  uses: Use[];
  allStates: Map<string, State>;
  variableScopes: VariableScope[];
}

/** Step Functions allows names of 80 characters. */
const longestName = 80;

export const destinationsOf = (state: State): { field: string; next: string }[] => {
  const found: { field: string; next: string }[] = [];
  if (state.next !== undefined) found.push({ field: 'Next', next: state.next });
  if (state.type === 'Choice') {
    if (state.default !== undefined) found.push({ field: 'Default', next: state.default });
    state.choices.forEach(({ next }, index) => {
      found.push({ field: `Choices[${index}]/Next`, next });
    });
  }
  if ('catch' in state) {
    state.catch.forEach(({ next }, index) => {
      found.push({ field: `Catch[${index}]/Next`, next });
    });
  }
  return found;
};

const checkDestinations = (fields: Fields, loading: Loading, scope: Scope): void => {
  const reached = new Set<string>();
  const queue = [scope.startAt];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const state = scope.states.get(name);
    if (!state || reached.has(name)) continue;
    reached.add(name);
    queue.push(...destinationsOf(state).map(({ next }) => next));
  }
  if (scope.startAt && !scope.states.has(scope.startAt)) {
    fields.refuse('StartAt', `leads to '${scope.startAt}', which is no state of this scope`);
  }
  for (const state of scope.states.values()) {
    for (const { field, next } of destinationsOf(state)) {
      if (next && !scope.states.has(next)) {
        loading.refusals.add(state.name, field, `leads to '${next}', which is no state of this scope`);
      }
    }
    if (scope.states.has(scope.startAt) && !reached.has(state.name)) {
      loading.refusals.add(state.name, '', 'no way leads to this state');
    }
  }
};

const assignedBy = (state: State): string[] => [
  ...assignedNames(state.assign),
  ...(state.type === 'Choice' ? state.choices.flatMap(({ assign }) => assignedNames(assign)) : []),
  ...('catch' in state ? state.catch.flatMap(({ assign }) => assignedNames(assign)) : []),
];

export const readScope = (fields: Fields, loading: Loading, outer: VariableScope | undefined): Scope => {
  const variables: VariableScope = { assigned: [], states: new Set(), outer };
  loading.variableScopes.push(variables);
  fields.take('Comment');
  const startAt = fields.requiredString('StartAt');
  const raw = fields.take('States');
  const states = new Map<string, State>();
  const inner: ReadScope = (nested, isDistributed) =>
    readScope(nested, loading, isDistributed ? undefined : variables);
  if (!isObject(raw) || Object.keys(raw).length === 0)
    fields.refuse('States', 'an object of states is due here');
  for (const [name, value] of Object.entries(isObject(raw) ? raw : {})) {
    if (name === '' || name.length > longestName)
      loading.refusals.add(name, '', 'a name has 1 to 80 characters');
    if (loading.allStates.has(name))
      loading.refusals.add(name, '', 'another state of this file has the same name');
    variables.states.add(name);
    const state = readState(new Fields(loading.refusals, loading.uses, name, '', value), name, inner);
    if (!state) continue;
    states.set(name, state);
    loading.allStates.set(name, state);
    variables.assigned.push(...assignedBy(state).map((variable) => ({ name: variable, state: name })));
  }
  const scope = { startAt, states };
  checkDestinations(fields, loading, scope);
  return scope;
};
