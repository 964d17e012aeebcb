import { type Bounds, describeBounds, isWithin } from './bounds.ts';
import { compileExpression, type Expression } from './expression.ts';
import { missingFunctions } from './functions.ts';
import { isObject } from './json.ts';
import type { Refusals } from './refusals.ts';
import { compileTemplate, type Template } from './template.ts';

/** What `$states` holds where an expression stands ("Transforming data with JSONata", reserved variable). */
export const stages = {
  before: ['input', 'context'],
  after: ['input', 'result', 'context'],
  caught: ['input', 'errorOutput', 'context'],
} as const;
export type Stage = keyof typeof stages;

/** An expression, where it stands, and the scope whose variables it may read: checked when all is loaded. */
export interface Use {
  state: string;
  field: string;
  expression: Expression;
}

const jsonPathOnly = new Set(
  'InputPath OutputPath ResultPath Parameters ResultSelector Result ItemsPath SecondsPath TimestampPath TimeoutSecondsPath HeartbeatSecondsPath ErrorPath CausePath MaxConcurrencyPath ToleratedFailurePercentagePath ToleratedFailureCountPath Variable Iterator'.split(
    ' ',
  ),
);

/** Reads one JSON object of a file field by field; what nobody asked for is refused at the end. */
export class Fields {
  readonly #refusals: Refusals;
  readonly #uses: Use[];
  readonly #object: Record<string, unknown>;
  readonly #asked = new Set<string>();
  readonly state: string;
  readonly path: string;

  constructor(refusals: Refusals, uses: Use[], state: string, path: string, object: unknown) {
    this.#refusals = refusals;
    this.#uses = uses;
    this.state = state;
    this.path = path;
    this.#object = isObject(object) ? object : {};
    if (!isObject(object)) this.refuse('', 'an object is due here');
  }

  refuse(field: string, reason: string): void {
    this.#refusals.add(this.state, [this.path, field].filter(Boolean).join('/'), reason);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#object, name);
  }

  take(name: string): unknown {
    this.#asked.add(name);
    return this.has(name) ? this.#object[name] : undefined;
  }

  inner(name: string): Fields {
    return this.nested(name, this.take(name));
  }

  nested(field: string, object: unknown): Fields {
    return new Fields(
      this.#refusals,
      this.#uses,
      this.state,
      [this.path, field].filter(Boolean).join('/'),
      object,
    );
  }

  string(name: string): string | undefined {
    const value = this.take(name);
    if (value === undefined || (typeof value === 'string' && value !== '')) return value;
    this.refuse(name, 'a string is due here');
    return undefined;
  }

  requiredString(name: string): string {
    const value = this.string(name);
    if (value === undefined && !this.has(name)) this.refuse(name, 'is missing');
    return value ?? '';
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const value = this.string(name);
    if (value === undefined || allowed.includes(value as T)) return value as T | undefined;
    this.refuse(name, `'${value}' is not supported; one of ${allowed.join(', ')} is`);
    return undefined;
  }

  /** A number within bounds, both inclusive. */
  number(name: string, bounds: Bounds): number | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    if (isWithin(value, bounds)) return value;
    this.refuse(name, describeBounds(bounds));
    return undefined;
  }

  array(name: string): readonly unknown[] | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.length > 0) return value;
    this.refuse(name, 'an array with at least one element is due here');
    return undefined;
  }

  /** A value with JSONata inside; `stage` says which parts of `$states` it may read. */
  template(name: string, stage: Stage): Template | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    return compileTemplate(
      value,
      [this.path, name].filter(Boolean).join('/'),
      (source, field) => this.#compile(source, field, stage),
      (field, reason) => this.#refusals.add(this.state, field, reason),
    );
  }

  /** A number or an expression that gives one (checked again when it is evaluated). */
  numberTemplate(name: string, bounds: Bounds): Template | undefined {
    const template = this.template(name, 'before');
    if (template?.kind === 'constant' && !isWithin(template.value, bounds)) {
      this.refuse(name, `${describeBounds(bounds)}, or a JSONata expression`);
    }
    if (template?.kind === 'array' || template?.kind === 'object') this.refuse(name, describeBounds(bounds));
    return template;
  }

  #compile(source: string, field: string, stage: Stage): Expression | undefined {
    const refuse = (reason: string) => this.#refusals.add(this.state, field, reason);
    let expression: Expression;
    try {
      expression = compileExpression(source);
    } catch (error) {
      const { message, position } = error as { message?: string; position?: number };
      refuse(
        `not JSONata: ${message ?? 'syntax error'}${position === undefined ? '' : ` at character ${position}`}`,
      );
      return undefined;
    }
    const { references } = expression;
    for (const name of references.unqualified)
      refuse(`'${name}' has no context here; begin with $states or a variable`);
    for (const part of references.states) {
      if (!(stages[stage] as readonly string[]).includes(part)) refuse(`$states.${part} does not exist here`);
    }
    for (const [name, advice] of Object.entries(missingFunctions)) {
      if (references.variables.has(name)) refuse(`$${name} is not offered by Step Functions; ${advice}`);
    }
    this.#uses.push({ state: this.state, field, expression });
    return expression;
  }

  /** Refuses every field that was not asked for. */
  end(): void {
    for (const name of Object.keys(this.#object)) {
      if (this.#asked.has(name)) continue;
      this.refuse(
        name,
        jsonPathOnly.has(name) ? 'belongs to JSONPath; only JSONata is supported' : 'is not supported',
      );
    }
  }
}
