import { describe, expect, test } from '@jest/globals';
import type { Case, Submission } from '../../functions/case/case.ts';
import { InvalidInputError } from '../../functions/case/errors.ts';
import { parseForm } from '../../functions/case/form.ts';
import { migrationSignOff } from '../../functions/case/forms/migration-sign-off.ts';
import { orderedWork } from '../../functions/case/ordered-work.ts';
import { sampleSettings } from '../../functions/case/sample-settings.ts';
import { caseOf, quoteOf } from '../letters/samples.ts';

const given = (value: Record<string, unknown>, taskId = 't.1'): Submission => ({
  taskId,
  ...{ at: '2026-12-01T00:00:00.000Z', by: '技術', value },
});

const extraQuote = () => quoteOf('extra', 1, { number: 'HK-7K3M-Q2T9-X1', scope: ['追加作業：予約画面'] });

const finding = { location: 'a.php:1', severity: 'blocker' as const, remedy: '直す' };

/** Ordered: one fix of two, two hours besides, one extra quote. */
function ordered(changes: Partial<Case> = {}): Case {
  const formal = quoteOf('formal');
  const extra = extraQuote();
  return caseOf({
    stage: 'migrating',
    plans: ['web'],
    quotes: [formal, extra],
    survey: {
      feasible: true,
      findings: [
        { ...finding, item: '古いパス', hours: 1.5 },
        { ...finding, item: '古い関数', hours: 3 },
      ],
    } as unknown as NonNullable<Case['survey']>,
    forms: {
      'formal-quote-review': given({ fixes: ['fix-1'], extraHours: 2, extraLabel: 'DNS の\n設定' }),
      order: given({ quoteSha256: formal.sha256 }),
    },
    tasks: [
      {
        ...{ id: 'extra-order.1', kind: 'extra-order', generation: 1, status: 'completed', token: '' },
        ...{ openedAt: '', dueAt: '', remindersSent: 0, result: { decision: 'order', quote: extra.number } },
      },
    ],
    ...changes,
  });
}

const form = (c: Case) =>
  migrationSignOff({ c, settings: sampleSettings, now: new Date('2026-12-02T00:00:00.000Z') });

function refused(c: Case, posted: Record<string, string | string[]>): Record<string, string> {
  try {
    parseForm(form(c), { decision: 'complete', proofWeb: '件数の一致', ...posted });
    return {};
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return error.fields;
  }
}

describe('what must not be forgotten before the sign-off', () => {
  test('is what was ordered besides the data: chosen fixes, hours, extra quotes; in one line each', () => {
    const extra = extraQuote();
    expect(orderedWork(ordered()).map(({ label }) => label)).toEqual([
      '修正：古いパス（1.5時間）',
      '追加の作業：DNS の 設定（2時間）',
      `追加のご注文 ${extra.number}：${extra.scope.join('、')}`,
    ]);
    const { forms } = ordered();
    expect(orderedWork(ordered({ forms: { ...forms, order: undefined as never } }))).toEqual([]);
  });

  test('is the rework within the scope too, shortened; beyond the scope it is the quote that counts', () => {
    const { forms } = ordered();
    const rework = (scope: string) =>
      ordered({
        forms: {
          ...forms,
          'rework-assessment': given({ scope, description: '長'.repeat(500) }, 'rework-assessment.2'),
        },
      });
    const last = orderedWork(rework('in')).at(-1);
    expect(last?.key).toBe('rework-assessment.2');
    expect(last?.label).toMatch(/^検収不合格のやり直し：長{119}…$/);
    expect(orderedWork(rework('out'))).toEqual(orderedWork(ordered()));
  });

  test('stands in the form as boxes: all ticked, or the remarks say why not; not for another run', () => {
    const c = ordered();
    const keys = orderedWork(c).map(({ key }) => key);
    expect(refused(c, { workDone: keys })).toEqual({});
    expect(refused(c, { workDone: keys.slice(1) })).toEqual({
      workDone: expect.stringContaining('実施していない作業が1件あります'),
    });
    expect(refused(c, {}).workDone).toContain('3件');
    expect(refused(c, { remarks: 'DNS はお客さまが設定' })).toEqual({});
    expect(refused(c, { decision: 'rerun' })).toEqual({});
    expect(refused(c, { workDone: ['fix-2'] }).workDone).toBe('選択肢から選んでください。');
    const value = parseForm(form(c), { decision: 'complete', proofWeb: 'x', workDone: keys });
    expect(value.workDone).toEqual(keys);
  });

  test('nothing ordered: nothing asked', () => {
    const { forms } = ordered();
    const c = ordered({ forms: { ...forms, 'formal-quote-review': given({}) }, tasks: [] });
    expect(
      form(c)
        .sections.flatMap(({ fields }) => fields)
        .map(({ name }) => name),
    ).not.toContain('workDone');
    expect(refused(c, {})).toEqual({});
  });
});
