import type { ItemReader, MapState, ParallelState, Scope } from './definition.ts';
import type { Fields } from './fields.ts';
import { readFallible } from './load-errors.ts';

type Common = Pick<MapState, 'name' | 'next' | 'output' | 'assign'>;
/** Reads StartAt and States of a nested scope. A distributed one does not see the outer variables. */
export type ReadScope = (fields: Fields, isDistributed: boolean) => Scope;

const count = { min: 0, max: 100_000_000, integer: true };

/** Step Functions, "ItemReader (Map)": an object in S3 that is JSON lines or one JSON array. */
const readItemReader = (fields: Fields): ItemReader => {
  fields.oneOf('Resource', ['arn:aws:states:::s3:getObject']);
  if (!fields.has('Resource')) fields.refuse('Resource', 'is missing');
  const config = fields.inner('ReaderConfig');
  const inputType = config.oneOf('InputType', ['JSONL', 'JSON']);
  if (!config.has('InputType')) config.refuse('InputType', 'is missing');
  const maxItems = config.numberTemplate('MaxItems', { ...count, min: 1 });
  config.end();
  const template = fields.template('Arguments', 'before');
  if (template === undefined) fields.refuse('Arguments', 'is missing (Bucket and Key)');
  fields.end();
  return {
    inputType: inputType ?? 'JSONL',
    arguments: template ?? { kind: 'constant', value: {} },
    maxItems,
  };
};

/** States Language, "Map State". */
export const readMap = (fields: Fields, common: Common, readScope: ReadScope): MapState => {
  const processor = fields.inner('ItemProcessor');
  let distributed = false;
  if (processor.has('ProcessorConfig')) {
    const config = processor.inner('ProcessorConfig');
    distributed = config.oneOf('Mode', ['INLINE', 'DISTRIBUTED']) === 'DISTRIBUTED';
    if (distributed) {
      config.oneOf('ExecutionType', ['STANDARD']);
      if (!config.has('ExecutionType')) config.refuse('ExecutionType', 'is missing (STANDARD)');
    }
    config.end();
  }
  const scope = readScope(processor, distributed);
  processor.end();
  const items = fields.template('Items', 'before');
  if (items?.kind === 'object' || (items?.kind === 'constant' && !Array.isArray(items.value))) {
    fields.refuse('Items', 'an array or an expression is due here');
  }
  const itemReader = fields.has('ItemReader') ? readItemReader(fields.inner('ItemReader')) : undefined;
  if (itemReader && !distributed) fields.refuse('ItemReader', "needs ProcessorConfig/Mode 'DISTRIBUTED'");
  if (itemReader && items) fields.refuse('ItemReader', 'stands instead of Items, not beside it');
  const tolerance = {
    toleratedFailureCount: fields.numberTemplate('ToleratedFailureCount', count),
    toleratedFailurePercentage: fields.numberTemplate('ToleratedFailurePercentage', {
      min: 0,
      max: 100,
      integer: false,
    }),
  };
  for (const name of ['ToleratedFailureCount', 'ToleratedFailurePercentage', 'Label']) {
    if (fields.has(name) && !distributed) fields.refuse(name, "needs ProcessorConfig/Mode 'DISTRIBUTED'");
  }
  const label = fields.string('Label');
  if (label !== undefined && !/^[\w-]{1,40}$/.test(label))
    fields.refuse('Label', 'at most 40 letters, digits, - and _');
  return {
    ...common,
    ...readFallible(fields),
    ...tolerance,
    type: 'Map',
    distributed,
    processor: scope,
    items,
    itemReader,
    itemSelector: fields.template('ItemSelector', 'before'),
    maxConcurrency: fields.numberTemplate('MaxConcurrency', count),
  };
};

/** States Language, "Parallel State". */
export const readParallel = (fields: Fields, common: Common, readScope: ReadScope): ParallelState => {
  const branches = (fields.array('Branches') ?? []).map((branch, index) => {
    const inner = fields.nested(`Branches[${index}]`, branch);
    const scope = readScope(inner, false);
    inner.end();
    return scope;
  });
  if (!fields.has('Branches')) fields.refuse('Branches', 'is missing');
  return {
    ...common,
    ...readFallible(fields),
    type: 'Parallel',
    branches,
    arguments: fields.template('Arguments', 'before'),
  };
};
