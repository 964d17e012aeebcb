import { createHash } from 'node:crypto';
import { checkVariables } from './check-variables.ts';
import type { Definition } from './definition.ts';
import { findDuplicateKeys } from './duplicate-keys.ts';
import { Fields } from './fields.ts';
import { longestSeconds } from './load-errors.ts';
import { type Loading, readScope } from './load-scope.ts';
import { Refusals } from './refusals.ts';

/** Step Functions quota: a definition has at most 1 MiB. */
export const definitionLimit = 1_048_576;

/** Puts values for `${Name}` as CloudFormation's DefinitionSubstitutions do; a name without value is refused. */
const substitute = (
  text: string,
  substitutions: Readonly<Record<string, string>>,
  refusals: Refusals,
): string =>
  text.replace(/\$\{([^}]*)\}/g, (whole, name: string) => {
    if (Object.hasOwn(substitutions, name)) return substitutions[name]!;
    refusals.add('', whole, 'no value was given for this substitution');
    return whole;
  });

/**
 * Loads a state machine of the Amazon States Language, JSONata only. Whatever this runtime would not run exactly
 * as Step Functions is refused with DefinitionRefusedError, which names file, state and field.
 */
export const loadDefinition = (
  text: string,
  substitutions: Readonly<Record<string, string>> = {},
  file = 'state machine',
): Definition => {
  const refusals = new Refusals(file);
  if (Buffer.byteLength(text) > definitionLimit) {
    refusals.add('', '', 'is larger than 1 MiB');
    refusals.throwIfAny();
  }
  const substituted = substitute(text, substitutions, refusals);
  refusals.throwIfAny();
  let raw: unknown;
  try {
    raw = JSON.parse(substituted);
  } catch (error) {
    refusals.add('', '', `is not JSON: ${(error as Error).message}`);
    refusals.throwIfAny();
  }
  for (const key of findDuplicateKeys(substituted)) refusals.add('', key, 'stands twice in one object');
  const loading: Loading = { refusals, uses: [], allStates: new Map(), variableScopes: [] };
  const fields = new Fields(refusals, loading.uses, '', '', raw);
  fields.take('Comment');
  fields.oneOf('Version', ['1.0']);
  fields.oneOf('QueryLanguage', ['JSONata']);
  if (!fields.has('QueryLanguage')) fields.refuse('QueryLanguage', "is missing; 'JSONata' is supported");
  const timeoutSeconds = fields.number('TimeoutSeconds', { min: 1, max: longestSeconds, integer: true });
  const scope = readScope(fields, loading, undefined);
  fields.end();
  checkVariables(loading);
  refusals.throwIfAny();
  return {
    ...scope,
    name: file.replace(/^.*\//, '').replace(/\.asl\.json$/, ''),
    text: substituted,
    sha256: createHash('sha256').update(substituted).digest('hex'),
    timeoutSeconds,
    allStates: loading.allStates,
  };
};
