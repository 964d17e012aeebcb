import { readFileSync } from 'node:fs';
import { flows } from '../functions/case/ports.ts';
import type { Definition } from './states-language/definition.ts';
import { loadDefinition } from './states-language/load-definition.ts';

const folder = new URL('../statemachines/', import.meta.url);

/** The four flows, with functions under their own names in place of ARNs. Throws when a file uses what is not supported. */
export function loadMachines(functionNames: readonly string[]): Map<string, Definition> {
  const substitutions: Record<string, string> = {
    ...Object.fromEntries(functionNames.map((name) => [name, name])),
    TransferArn: 'transfer',
    TemporaryBucket: 'temporary',
    RecordsBucket: 'records',
  };
  return new Map(
    flows.map((flow) => {
      const file = `${flow}.asl.json`;
      const text = readFileSync(new URL(file, folder), 'utf8');
      const used = Object.entries(substitutions).filter(([name]) => text.includes(`\${${name}}`));
      return [flow, loadDefinition(text, Object.fromEntries(used), file)];
    }),
  );
}
