import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { canonicalJson } from '../../functions/case/canonical-json.ts';
import { documentsFor, recordShown } from '../../functions/case/documents.ts';
import { sampleSettings as settings } from '../../functions/case/sample-settings.ts';
import data from '../../functions/case/settings.sample.json' with { type: 'json' };
import { settings as schema } from '../../functions/case/settings.ts';
import { taskKinds } from '../../functions/case/tasks.ts';
import { now } from './sample-case.ts';

test('the sample is complete and marked as one; whatever is missing is refused', () => {
  expect(settings).toMatchObject({ version: 'sample-2026-11', sample: true, allowedAddresses: [] });
  expect(Object.keys(settings.deadlines).sort()).toEqual([...taskKinds].sort());
  for (const key of Object.keys(data).filter((key) => key !== 'allowedAddresses')) {
    expect([key, schema.safeParse({ ...data, [key]: undefined }).success]).toEqual([key, false]);
  }
});

test('R37: ten days for the acceptance, not rolled; every reminder is before its deadline', () => {
  expect(settings.deadlines.acceptance).toMatchObject({ days: 10, rollToBusinessDay: false });
  for (const [kind, { days, remindAfterDays }] of Object.entries(settings.deadlines)) {
    expect([kind, remindAfterDays]).toEqual([kind, [...remindAfterDays].sort((a, b) => a - b)]);
    for (const day of remindAfterDays) expect(day).toBeLessThanOrEqual(days);
  }
});

test('R25, R40: four documents for either server, with revision and hash', () => {
  for (const serverKind of ['managed', 'smile'] as const) {
    const documents = documentsFor(serverKind, settings);
    expect(documents.map((document) => document.id)).toEqual([
      'service-spec',
      'option-spec',
      'terms',
      'price-list',
    ]);
    expect(documents[0]!.serverKind).toBe(serverKind);
    for (const { body, sha256 } of documents) {
      expect(sha256).toBe(createHash('sha256').update(body.join('\n')).digest('hex'));
    }
    const shown = recordShown('order', serverKind, settings, now);
    expect(shown.map((one) => one.sha256)).toEqual(documents.map((document) => document.sha256));
    expect(shown[1]).toMatchObject({
      flow: 'order',
      revision: expect.stringContaining('1.1版'),
      shownAt: now.toISOString(),
    });
  }
  const [, ...lacking] = settings.documents;
  expect(() => documentsFor('managed', { ...settings, documents: lacking })).toThrow('service-spec');
});

test('the option’s specification says what the rules enforce', () => {
  const option = documentsFor('managed', settings)[1]!.body.join('\n');
  for (const phrase of [
    '簡易お見積もりではお申し込みいただけません',
    '10 日以内',
    'キャンセル／変更はできません',
    '速やかに消去',
    '一切の責任を負いかねます',
    'サイボウズ®Office インストール作業',
  ]) {
    expect(option).toContain(phrase);
  }
});

test('the price list shows the prices that quotes are made from', () => {
  const list = documentsFor('managed', settings)[3]!.body.join('\n').replaceAll(',', '');
  const { base, survey, hourly, ...byPlan } = settings.quotes.prices;
  for (const price of [
    base,
    survey,
    hourly,
    ...Object.values(byPlan).flatMap((prices) => Object.values(prices)),
  ]) {
    expect(list).toContain(`${price}円`);
  }
});

test('equal values have one canonical text', () => {
  expect(canonicalJson({ b: [1, { d: 'é\u2028', c: undefined }], a: null })).toBe(
    '{"a":null,"b":[1,{"d":"é\u2028"}]}',
  );
  expect(() => canonicalJson({ a: Number.NaN })).toThrow(RangeError);
  expect(() => canonicalJson(() => 1)).toThrow(TypeError);
});
