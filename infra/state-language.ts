import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The flows, by file name below statemachines/. */
export const machines = ['simple-quote', 'formal-quote', 'order', 'transfer', 'web-scan'] as const;
export type Machine = (typeof machines)[number];

const directory = join(import.meta.dirname, '..', 'statemachines');

/** The file as it is written. */
export function readDefinition(machine: Machine): string {
  return readFileSync(join(directory, `${machine}.asl.json`), 'utf8');
}

/** Names inside `${…}`, each once, in alphabetical order. JSONata's own `$name` has no braces. */
export function placeholders(definition: string): string[] {
  return [...new Set([...definition.matchAll(/\$\{(\w+)\}/g)].map((match) => match[1]!))].sort();
}

/**
 * A value for each placeholder of the definition, and no more.
 * Throws when one is unknown: a deployment would only fail when the state is reached, perhaps weeks later.
 */
export function substitutions(
  definition: string,
  known: ReadonlyMap<string, string>,
): Record<string, string> {
  const names = placeholders(definition);
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new Error(
      `A state machine names ${unknown.join(', ')}, but there is no such function, flow or bucket.`,
    );
  }
  return Object.fromEntries(names.map((name) => [name, known.get(name)!]));
}
