import type { Bindings, Expression } from './expression.ts';
import { isObject, type Json } from './json.ts';

/** A JSON value in which whole strings of the form `{% … %}` are JSONata, at any depth. */
export type Template =
  | { kind: 'constant'; value: Json }
  | { kind: 'expression'; expression: Expression; field: string }
  | { kind: 'array'; items: readonly Template[] }
  | { kind: 'object'; entries: readonly (readonly [string, Template])[] };

/** Called for each string that holds an expression; compiles it or says why not and returns undefined. */
export type CompileString = (source: string, field: string) => Expression | undefined;

const opens = '{%';
const closes = '%}';

/** `refuse` hears of half-open expressions and of JSONPath keys (`name.$`). */
export const compileTemplate = (
  value: unknown,
  field: string,
  compile: CompileString,
  refuse: (field: string, reason: string) => void,
): Template => {
  if (typeof value === 'string') {
    if (value.startsWith(opens) && value.endsWith(closes) && value.length >= 4) {
      const expression = compile(value.slice(2, -2), field);
      return expression ? { kind: 'expression', expression, field } : { kind: 'constant', value };
    }
    if (value.includes(opens) || value.includes(closes)) {
      refuse(field, `an expression is the whole string, from '{%' to '%}', without spaces around it`);
    }
    return { kind: 'constant', value };
  }
  if (Array.isArray(value)) {
    const items = value.map((item, index) => compileTemplate(item, `${field}[${index}]`, compile, refuse));
    return items.every((item) => item.kind === 'constant')
      ? { kind: 'constant', value: value as Json }
      : { kind: 'array', items };
  }
  if (isObject(value)) {
    const entries = Object.entries(value).map(([key, part]) => {
      if (key.endsWith('.$'))
        refuse(`${field}/${key}`, `keys that end in '.$' are JSONPath; write '{% … %}'`);
      return [key, compileTemplate(part, `${field}/${key}`, compile, refuse)] as const;
    });
    return entries.every(([, part]) => part.kind === 'constant')
      ? { kind: 'constant', value: value as Json }
      : { kind: 'object', entries };
  }
  return { kind: 'constant', value: value as Json };
};

/** Throws States.QueryEvaluationError. The value may share parts with the template: serialise, do not change it. */
export const evaluateTemplate = async (template: Template, bindings: Bindings): Promise<unknown> => {
  if (template.kind === 'constant') return template.value;
  if (template.kind === 'expression') return template.expression.evaluate(bindings, template.field);
  if (template.kind === 'array') {
    const items: unknown[] = [];
    for (const item of template.items) items.push(await evaluateTemplate(item, bindings));
    return items;
  }
  const entries: [string, unknown][] = [];
  for (const [key, part] of template.entries) entries.push([key, await evaluateTemplate(part, bindings)]);
  // fromEntries defines own properties: a key '__proto__' stays data.
  return Object.fromEntries(entries);
};

/** All expressions of a template with the field that each stands in. */
export function* expressionsOf(template: Template): Generator<{ expression: Expression; field: string }> {
  if (template.kind === 'expression') yield template;
  if (template.kind === 'array') for (const item of template.items) yield* expressionsOf(item);
  if (template.kind === 'object') for (const [, part] of template.entries) yield* expressionsOf(part);
}
