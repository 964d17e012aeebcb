import { type Bounds, describeBounds, isWithin } from './bounds.ts';
import type { Bindings } from './expression.ts';
import { isObject } from './json.ts';
import { queryFailure } from './state-failure.ts';
import { evaluateTemplate, type Template } from './template.ts';

/** A number of a field that may be an expression. Throws States.QueryEvaluationError when it is out of bounds. */
export const evaluateNumber = async (
  template: Template | undefined,
  field: string,
  bindings: Bindings,
  bounds: Bounds,
): Promise<number | undefined> => {
  if (template === undefined) return undefined;
  const value = await evaluateTemplate(template, bindings);
  if (isWithin(value, bounds)) return value;
  throw queryFailure(field, describeBounds(bounds));
};

export const evaluateObject = async (
  template: Template,
  field: string,
  bindings: Bindings,
): Promise<Record<string, unknown>> => {
  const value = await evaluateTemplate(template, bindings);
  if (isObject(value)) return value;
  throw queryFailure(field, 'an object is due here');
};

export const evaluateString = async (
  template: Template,
  field: string,
  bindings: Bindings,
): Promise<string> => {
  const value = await evaluateTemplate(template, bindings);
  if (typeof value === 'string') return value;
  throw queryFailure(field, 'a string is due here');
};
