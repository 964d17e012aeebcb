import jsonata from 'jsonata';
import { findReferences, type References } from './references.ts';
import { queryFailure } from './state-failure.ts';

export type Bindings = Record<string, unknown>;

/** A compiled JSONata expression, shared by all states that hold the same text. */
export class Expression {
  readonly source: string;
  readonly references: References;
  readonly #compiled: jsonata.Expression;

  /** Throws the parser's error when the syntax is wrong. */
  constructor(source: string) {
    this.source = source;
    this.#compiled = jsonata(source);
    this.references = findReferences(this.#compiled.ast());
  }

  /** Throws States.QueryEvaluationError; a value of nothing is an error too, as in Step Functions. */
  async evaluate(bindings: Bindings, field: string): Promise<unknown> {
    let value: unknown;
    try {
      value = await this.#compiled.evaluate(undefined, bindings);
    } catch (error) {
      throw queryFailure(field, (error as { message?: string }).message ?? 'unknown error');
    }
    if (value === undefined || typeof value === 'function') {
      throw queryFailure(field, `'${this.source.slice(0, 200)}' returned nothing (undefined)`);
    }
    return value;
  }
}

const cache = new Map<string, Expression>();
const largestCache = 10_000;

export const compileExpression = (source: string): Expression => {
  const known = cache.get(source);
  if (known) return known;
  const expression = new Expression(source);
  if (cache.size >= largestCache) cache.clear();
  cache.set(source, expression);
  return expression;
};
