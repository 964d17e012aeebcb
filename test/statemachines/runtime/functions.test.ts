import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { pass } from './tasks-of.ts';
import { runOnce } from './world.ts';

const evaluate = (expression: string, input: unknown = {}) =>
  runOnce({ A: pass({ Output: `{% ${expression} %}` }) }, { input });
const digest = (name: string) => createHash(name).update('引越し').digest('hex');

describe('functions that Step Functions adds to JSONata', () => {
  // Step Functions, "Transforming data with JSONata": JSONata functions provided by Step Functions.
  it.each<[string, unknown]>([
    ['$partition([1, 2, 3, 4, 5], 2)', [[1, 2], [3, 4], [5]]],
    ['$range(0, 10, 5)', [0, 5, 10]],
    ['$range(3, 1, -1)', [3, 2, 1]],
    ["$hash('引越し', 'MD5')", digest('md5')],
    ["$hash('引越し', 'SHA-1')", digest('sha1')],
    ["$hash('引越し', 'SHA-256')", digest('sha256')],
    ["$hash('引越し', 'SHA-384')", digest('sha384')],
    ["$hash('引越し', 'SHA-512')", digest('sha512')],
    ['$parse(\'{"a": [1]}\').a', [1]],
    ['$random(7) = $random(7) and $random(7) != $random(8)', true],
    ['$random() >= 0 and $random() < 1 and $random() != $random()', true],
    ['$uuid() != $uuid()', true],
    ['$contains($uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)', true],
    ['$sort($shuffle([3, 1, 2]))', [1, 2, 3]],
    // The clock is the port's: the simulated day, not today.
    ['$now()', '2026-04-01T00:00:00.000Z'],
    ["$now('[Y]年[M]月[D]日 [H]時', '+0900')", '2026年4月1日 9時'],
    ["$millis() = $toMillis('2026-04-01T00:00:00Z')", true],
    ['$map([1, 2], $string)', ['1', '2']],
  ])('%s', async (expression, output) => {
    expect(await evaluate(expression)).toMatchObject({ status: 'SUCCEEDED', output });
  });

  it.each([
    ['$partition([1], 0)', /positive integer/],
    ['$range(0, 10, 0)', /step not 0/],
    ['$range(0, 100000, 1)', /1000 are allowed/],
    ["$hash('a', 'CRC32')", /SHA-512/],
    ["$parse('{')", /JSON/],
    ['$parse(1)', /string/],
  ])('%s fails', async (expression, cause) => {
    expect(await evaluate(expression)).toMatchObject({
      error: 'States.QueryEvaluationError',
      cause: expect.stringMatching(cause),
    });
  });
});
