import { describe, expect, test } from '@jest/globals';
import type { Case } from '../../functions/case/case.ts';
import { Decision } from '../../functions/case/decision.ts';
import { parseForm } from '../../functions/case/form.ts';
import { formFor } from '../../functions/case/forms/index.ts';
import { formalQuote } from '../../functions/case/make-quote.ts';
import { sampleSettings } from '../../functions/case/sample-settings.ts';
import type { SurveyReport } from '../../functions/case/survey.ts';
import { parseSurveyReport } from '../../functions/case/survey.ts';
import { surveyTemplate } from '../../functions/case/survey-template.ts';
import { fixHours } from '../../functions/case/web-fixes/effort.ts';
import { chosenOffers, fixOffers, orderedRules } from '../../functions/case/web-fixes/ordered.ts';
import { scanRequest } from '../../functions/case/web-fixes/request.ts';
import {
  approveFixes,
  beginScan,
  mayScan,
  recordScan,
} from '../../functions/case/web-fixes/scan-decisions.ts';
import { scanForm, suggestedScan } from '../../functions/case/web-fixes/scan-form.ts';
import type { ScanResult } from '../../functions/case/web-fixes/web-fixes.ts';
import { now, sampleCase, sampleSurvey, submitted } from './sample-case.ts';

const later = '2026-11-25T01:00:00.000Z';
const access = submitted('source-access', { confided: 's' }, later);
const surveying = (more: Partial<Case> = {}) =>
  sampleCase({ stage: 'surveying', forms: { 'source-access': access }, ...more });
const decide = (c: Case) => new Decision(c, { at: now, actor: 'engineer', by: '技術 太郎' });
const request = scanRequest.parse({ phpTo: '8.2' });
const result: ScanResult = {
  files: 2,
  read: 2,
  findings: 3,
  leftOut: 0,
  cutShort: false,
  rules: 'v1',
  groups: [{ rule: 'old-path', severity: 'blocker', places: 3, files: 2, hours: 0.5, first: 'a.php:1' }],
};

const finding = (item: string, hours: number, more: Partial<SurveyReport['findings'][number]> = {}) => ({
  item,
  location: '',
  severity: 'warning' as const,
  remedy: '直す',
  hours,
  ...more,
});

const counts = { files: 3, withdrawn: 0 };

describe('a search', () => {
  test('needs web data, confided access that is not erased, and a stage in which it makes sense', () => {
    expect(mayScan(surveying())).toBe(true);
    expect(mayScan(surveying({ plans: ['mail'] }))).toBe(false);
    expect(mayScan(surveying({ forms: {} }))).toBe(false);
    expect(mayScan(surveying({ stage: 'quoting' }))).toBe(false);
    const erasures = [
      { at: '2026-11-26T00:00:00.000Z', reason: 'survey-closed' as const, objects: 1, secrets: 1 },
    ];
    expect(mayScan(surveying({ erasures }))).toBe(false);
    expect(() => beginScan(decide(surveying({ erasures })), request, 0)).toThrow('接続できない');
  });

  test('starts its flow under its own number; an end counts once, and not for a later search', () => {
    const first = decide(surveying());
    beginScan(first, request, 0);
    const begun = first.toChange();
    expect(begun.outbox).toEqual([
      expect.objectContaining({
        kind: 'flow',
        flow: 'web-scan',
        name: `${begun.case.id}-web-scan-1`,
        input: { caseId: begun.case.id, scan: 1 },
      }),
    ]);
    const second = decide(begun.case);
    beginScan(second, request, 1);
    const again = second.toChange().case;
    expect(again.webFixes).toMatchObject({ scan: 2, status: 'running' });

    const late = decide(again);
    recordScan(late, 1, result);
    expect(late.touched).toBe(false);
    const ended = decide(again);
    recordScan(ended, 2, result);
    expect(ended.case.webFixes).toMatchObject({ status: 'done', result });
    const twice = decide(ended.toChange().case);
    recordScan(twice, 2, { problem: 'x' });
    expect(twice.touched).toBe(false);
  });

  test('is begun once by a form that is sent twice, in the middle of it and after it', () => {
    const first = decide(surveying());
    beginScan(first, request, 0);
    const begun = first.toChange().case;
    const twice = decide(begun);
    beginScan(twice, request, 0);
    expect(twice.touched).toBe(false);
    const ended = decide(begun);
    recordScan(ended, 1, result);
    const late = decide(ended.toChange().case);
    beginScan(late, request, 0);
    expect(late.touched).toBe(false);
  });

  test('that failed says why; what was approved before stays', () => {
    const begun = decide(surveying());
    beginScan(begun, request, 0);
    begun.case.webFixes!.approvals = ['1-a'];
    recordScan(begun, 1, { problem: 'ログインできません。' });
    expect(begun.case.webFixes).toMatchObject({ status: 'failed', problem: 'ログインできません。' });
    beginScan(begun, request, 1);
    expect(begun.case.webFixes).toMatchObject({ status: 'running', approvals: ['1-a'] });
    expect(begun.case.webFixes).not.toHaveProperty('problem');
  });

  test('an approval counts for the search that it looked at, once', () => {
    const decision = decide(surveying());
    beginScan(decision, request, 0);
    expect(() => approveFixes(decision, 1, '1-a', counts)).toThrow('調べ直');
    recordScan(decision, 1, result);
    approveFixes(decision, 1, '1-a', counts);
    approveFixes(decision, 1, '1-a', counts);
    expect(decision.case.webFixes!.approvals).toEqual(['1-a']);
    expect(() => approveFixes(decision, 2, '2-a', counts)).toThrow('調べ直');
  });

  test('asks for paths, hosts, addresses and versions as they are typed', () => {
    const form = scanForm(sampleCase(), sampleSettings);
    expect(
      scanRequest.parse(
        parseForm(form, {
          sourceRoot: ' ／home／kyu／www/ ',
          oldHosts: 'WWW1.old.example\r\nwww2.old.example',
          oldAddresses: '192.0.2.1',
          phpFrom: '７．４',
          phpTo: '8.2',
          databaseHost: 'db.example.jp:3306',
        }),
      ),
    ).toEqual({
      sourceRoot: '/home/kyu/www',
      oldHosts: ['www1.old.example', 'www2.old.example'],
      oldAddresses: ['192.0.2.1'],
      phpFrom: '7.4',
      phpTo: '8.2',
      databaseHost: 'db.example.jp:3306',
    });
    const refused = (typed: Record<string, string>) => {
      try {
        parseForm(form, { phpTo: '8.2', ...typed });
      } catch (error) {
        return Object.keys((error as { fields: object }).fields);
      }
      return [];
    };
    for (const sourceRoot of ['home/kyu', '/', '/a/../b', '/a b', "/a'b", '/日本', `/${'a'.repeat(101)}`])
      expect([sourceRoot, refused({ sourceRoot })]).toEqual([sourceRoot, ['sourceRoot']]);
    expect(refused({ newHost: "a';x", databaseName: "x'y", databaseUser: 'a"b', phpFrom: 'new' })).toEqual([
      'newHost',
      'phpFrom',
      'databaseName',
      'databaseUser',
    ]);
    expect(refused({ oldAddresses: 'x', phpTo: '5.6' })).toEqual(['oldAddresses', 'phpTo']);
  });

  test('begins with what the hearing sheet says; the customer’s own domain is no name of the old server', () => {
    const known = (value: Record<string, unknown>) =>
      suggestedScan(
        sampleCase({ forms: { 'hearing-sheet': submitted('hearing-sheet', value) } }),
        sampleSettings,
      );
    expect(
      known({ sourceHost: 'sv12.old.example', domains: ['shop.example'], webPhp: 'PHP 7.4.33' }),
    ).toEqual({
      oldHosts: 'sv12.old.example',
      phpFrom: '7.4',
      phpTo: '8.2',
    });
    expect(known({ sourceHost: 'www.shop.example', domains: ['shop.example'] })).not.toHaveProperty(
      'oldHosts',
    );
    expect(known({ sourceHost: '192.0.2.9' })).toMatchObject({ oldAddresses: '192.0.2.9' });
  });
});

describe('from findings to the quote', () => {
  test('hours: each place a little, and at least so long; none for none', () => {
    const settings = {
      webFixes: {
        ...sampleSettings.webFixes,
        rules: {
          ...sampleSettings.webFixes.rules,
          'old-path': { severity: 'info' as const, hours: 0.07, leastHours: 0.5 },
        },
      },
    };
    expect([0, 1, 7, 8, 100].map((places) => fixHours('old-path', places, settings))).toEqual([
      0, 0.5, 0.5, 0.56, 7,
    ]);
  });

  const filledWith = (found: ScanResult) =>
    surveyTemplate(
      sampleCase({
        webFixes: {
          scan: 1,
          request,
          status: 'done',
          by: 'e',
          startedAt: later,
          result: found,
          approvals: [],
        },
      }),
    )
      .replace('"判定","",""', '"判定","","可"')
      .replaceAll(/("事実","[^"]*",)"","","",""/g, '$1"1","du -sk","/home","2026-11-24 10:00"');
  const surveyed = (found: ScanResult) => parseSurveyReport(Buffer.from(filledWith(found)), ['web']);

  test('the template offers what was found; as it comes back it is the survey’s', () => {
    const filled = filledWith(result);
    const { findings } = surveyed(result);
    expect(findings.find(({ rule }) => rule === 'old-path')).toEqual({
      item: '移行元サーバの絶対パス（3箇所、2ファイル）',
      location: 'a.php:1 ほか',
      severity: 'blocker',
      remedy: '移行先のパスに書き換える',
      hours: 0.5,
      rule: 'old-path',
    });
    const unknown = filled.replace('"old-path"', '"rm -rf"');
    expect(() => parseSurveyReport(Buffer.from(unknown), ['web'])).toThrow('誤り');
  });

  test('what was not looked at is what was not surveyed, each reason a row', () => {
    const large = (place: string) => ({ place, why: '大きすぎます' });
    const leftOutFirst = [...['a', 'b', 'c', 'd', 'e', 'f'].map(large), { place: 'g/', why: '許可がない' }];
    const { notSurveyed } = surveyed({ ...result, leftOut: 9, leftOutFirst, cutShort: true });
    expect(notSurveyed).toEqual([
      { item: '修正箇所：a、b、c、d、e ほか', reason: '大きすぎます' },
      { item: '修正箇所：g/', reason: '許可がない' },
      { item: '修正箇所：このほかの2件', reason: expect.any(String) },
      { item: '修正箇所：打ち切った後のもの', reason: '数が多いため、途中で打ち切った項目があります' },
    ]);
    const { leftOutFirst: _, ...before } = { ...result, leftOut: 2, leftOutFirst };
    expect(surveyed(before).notSurveyed).toEqual([
      { item: '修正箇所：2件', reason: '大きい、文字コードが分からない、読み取れないなどのため' },
    ]);
  });

  test('those of one name are one line; staff choose; what is not chosen is excluded', () => {
    const survey = sampleSurvey(['web'], {
      findings: [
        finding('絶対パス', 0.5, { rule: 'old-path', severity: 'info' }),
        finding('古い関数', 1.5, { severity: 'blocker' }),
        finding('古い関数', 0.25),
        finding('ログ', 0),
      ],
    });
    const c = sampleCase({
      survey,
      forms: { 'hearing-sheet': submitted('hearing-sheet', { fixesWanted: 'consult' }) },
    });
    expect(fixOffers(survey)).toEqual([
      { key: 'fix-1', label: '絶対パス', hours: 0.5, severity: 'info', rules: ['old-path'] },
      { key: 'fix-2', label: '古い関数', hours: 1.75, severity: 'blocker', rules: [] },
    ]);
    const lines = (value?: Record<string, unknown>) => {
      const forms = {
        ...c.forms,
        ...(value && { 'formal-quote-review': submitted('formal-quote-review', value) }),
      };
      const quote = formalQuote({ c: { ...c, forms }, settings: sampleSettings, now });
      return [
        quote.lines.filter(({ code }) => code === 'fixes').map(({ label, quantity }) => [label, quantity]),
        quote.exclusions.includes('データ移行に伴い発生する Web データの修正'),
      ];
    };
    // Before staff have chosen: what does not run without it.
    expect(lines()).toEqual([[['Web データの修正：古い関数', 1.75]], false]);
    expect(lines({ decision: 'approve', fixes: ['fix-1', 'fix-2'] })).toEqual([
      [
        ['Web データの修正：絶対パス', 0.5],
        ['Web データの修正：古い関数', 1.75],
      ],
      false,
    ]);
    expect(lines({ decision: 'approve', fixes: ['fix-1'] })).toEqual([
      [['Web データの修正：絶対パス', 0.5]],
      false,
    ]);
    expect(lines({ decision: 'approve' })).toEqual([[], true]);

    const form = formFor('formal-quote-review', c, sampleSettings, now);
    expect(parseForm(form, { decision: 'approve', fixes: 'fix-1' })).toMatchObject({ fixes: ['fix-1'] });
    expect(() => parseForm(form, { decision: 'approve', fixes: 'fix-9' })).toThrow();
  });

  test('a quote stays readable, however much was found', () => {
    const findings = Array.from({ length: 500 }, (_, at) => finding(`${at}${'長'.repeat(100)}`, 0.01));
    const offers = fixOffers({ findings });
    expect(offers).toHaveLength(40);
    expect(Math.max(...offers.map(({ label }) => label.length))).toBe(80);
    expect(offers.reduce((sum, { hours }) => sum + hours, 0)).toBeCloseTo(5);
  });

  test('a rule is ordered once the order with its line is accepted, and not before', () => {
    const survey = sampleSurvey(['web'], {
      findings: [finding('a', 1, { rule: 'old-path' }), finding('b', 1, { rule: 'old-host' })],
    });
    const forms = { 'formal-quote-review': submitted('formal-quote-review', { fixes: ['fix-1'] }) };
    const at = (stage: Case['stage']) => orderedRules(sampleCase({ stage, survey, forms }));
    expect(at('formal-quoted')).toEqual([]);
    expect(at('reviewing-order')).toEqual([]);
    expect(at('ordered')).toEqual(['old-path']);
    expect(at('migrating')).toEqual(['old-path']);
    expect(at('completed')).toEqual([]);
    expect(chosenOffers(sampleCase({ survey, forms })).map(({ key }) => key)).toEqual(['fix-1']);
  });
});
