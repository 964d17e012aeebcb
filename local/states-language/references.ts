/** What an expression refers to, read from its syntax tree. */
export interface References {
  /** Free variables (not bound inside the expression), without the `$`. `states` included. */
  variables: ReadonlySet<string>;
  /** First steps below `$states`: input, result, errorOutput, context. */
  states: ReadonlySet<string>;
  /** True when `$states` is used as a whole, e.g. `$keys($states)`. */
  wholeStates: boolean;
  /** True when `$states.context.Task.Token` may be read. */
  token: boolean;
  /** Uses of a context that the top of an expression does not have: `name`, `$`, `$$`, `*`, `**`, `%`. */
  unqualified: readonly string[];
}

interface Node {
  type?: string;
  value?: unknown;
  [key: string]: unknown;
}

const contextless = new Set(['name', 'wildcard', 'descendant', 'parent']);
const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Step Functions refuses unqualified names, `$` and `$$` at the top of an expression ("Transforming data with
 * JSONata"): there is no input document. Below a path step, a predicate, a sort or a transform there is.
 */
export const findReferences = (ast: unknown): References => {
  const used = new Set<string>();
  const bound = new Set<string>();
  const states = new Set<string>();
  const unqualified: string[] = [];
  const seen = { wholeStates: false, token: false };

  const walkPath = (steps: Node[], hasContext: boolean) => {
    const [first, second, third, fourth] = steps;
    if (first?.type === 'variable' && first.value === 'states') {
      if (second?.type === 'name') states.add(String(second.value));
      else seen.wholeStates = true;
      const reads = (step: Node | undefined, name: string) =>
        step === undefined || step.type !== 'name' || step.value === name;
      if (reads(second, 'context') && reads(third, 'Task') && reads(fourth, 'Token')) seen.token = true;
    }
    steps.forEach((step, index) => {
      const stepHasContext = hasContext || index > 0;
      if (contextless.has(step.type ?? '')) {
        if (!stepHasContext)
          unqualified.push(step.type === 'name' ? String(step.value) : `${step.value ?? step.type}`);
        walkParts(step, stepHasContext, ['value']);
      } else if (step.type === 'variable') walkVariable(step, stepHasContext, true);
      else walk(step, stepHasContext);
    });
  };

  const walkVariable = (node: Node, hasContext: boolean, inPath: boolean) => {
    const name = String(node.value);
    if (name === '' || name === '$') {
      if (!hasContext || name === '$') unqualified.push(`$${name}`);
    } else used.add(name);
    if (name === 'states' && !inPath) {
      seen.wholeStates = true;
      seen.token = true;
    }
    walkParts(node, hasContext, ['value']);
  };

  const walkParts = (node: Node, hasContext: boolean, skip: readonly string[] = []) => {
    if (typeof node.focus === 'string') bound.add(node.focus);
    if (typeof node.index === 'string') bound.add(node.index);
    for (const [key, part] of Object.entries(node)) {
      if (skip.includes(key) || key === 'ancestor' || key === 'seekingParent') continue;
      const inner =
        hasContext || ['predicate', 'stages', 'group', 'terms', 'pattern', 'update', 'delete'].includes(key);
      walk(part, inner);
    }
  };

  const walk = (part: unknown, hasContext: boolean): void => {
    if (Array.isArray(part)) {
      for (const inner of part) walk(inner, hasContext);
      return;
    }
    if (!isNode(part)) return;
    if (part.type === 'path' && Array.isArray(part.steps)) {
      walkPath(part.steps as Node[], hasContext);
      walkParts(part, hasContext, ['steps']);
    } else if (part.type === 'variable') walkVariable(part, hasContext, false);
    else if (part.type === 'bind') {
      if (isNode(part.lhs)) bound.add(String(part.lhs.value));
      walk(part.rhs, hasContext);
    } else if (part.type === 'lambda') {
      for (const argument of (part.arguments as Node[] | undefined) ?? []) bound.add(String(argument.value));
      walk(part.body, hasContext);
    } else if (part.type === 'index' && typeof part.value === 'string') bound.add(part.value);
    else walkParts(part, hasContext);
  };

  walk(ast, false);
  return { variables: new Set([...used].filter((name) => !bound.has(name))), states, ...seen, unqualified };
};
