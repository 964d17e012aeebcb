import type { Loading, VariableScope } from './load-scope.ts';

/** JSONata's own functions and those that Step Functions adds. */
const functions = new Set(
  'sum count max min average string substring substringBefore substringAfter lowercase uppercase length trim pad match contains replace split join formatNumber formatBase formatInteger parseInteger number floor ceil round abs sqrt power random boolean not map zip filter single reduce sift keys lookup append exists spread merge reverse each error assert type sort shuffle distinct base64encode base64decode encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl toMillis fromMillis clone eval now millis partition range hash uuid parse states'.split(
    ' ',
  ),
);

const isVisible = (name: string, scope: VariableScope | undefined): boolean =>
  scope !== undefined && (scope.assigned.some((one) => one.name === name) || isVisible(name, scope.outer));

/**
 * Step Functions, "Passing data between states with variables": an inner scope reads the outer variables and
 * cannot assign them; a distributed one does not see them. A name that nobody assigns is a slip: refused.
 */
export const checkVariables = ({ refusals, uses, variableScopes }: Loading): void => {
  const scopeOf = new Map<string, VariableScope>();
  for (const scope of variableScopes) for (const state of scope.states) scopeOf.set(state, scope);
  for (const { state, field, expression } of uses) {
    for (const name of expression.references.variables) {
      if (functions.has(name) || isVisible(name, scopeOf.get(state))) continue;
      refusals.add(
        state,
        field,
        `$${name} is assigned by no state that this one can see, and is no function`,
      );
    }
    if (expression.references.wholeStates)
      refusals.add(state, field, '$states is read by its parts, not as a whole');
  }
  for (const scope of variableScopes) {
    for (const { name, state } of scope.assigned) {
      if (isVisible(name, scope.outer)) {
        refusals.add(
          state,
          `Assign/${name}`,
          'belongs to an outer scope; inner states read it and cannot assign it',
        );
      }
    }
  }
};
