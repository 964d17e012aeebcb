import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { webAccess } from '../../functions/case/access.ts';
import type { Case, Plan } from '../../functions/case/case.ts';
import { InvalidInputError } from '../../functions/case/errors.ts';
import { type Posted, parseForm } from '../../functions/case/form.ts';
import { formFor, splitSecrets } from '../../functions/case/forms/index.ts';
import { sampleSettings } from '../../functions/case/sample-settings.ts';
import { chunksAtOnce, plansAtOnce, serverLoad, shareOf } from '../../functions/case/server-load.ts';
import { settings as schema } from '../../functions/case/settings.ts';
import { now, postedWebDetails, sampleCase, submitted } from './sample-case.ts';

const split = (posted: Posted) =>
  splitSecrets(
    parseForm(formFor('migration-details', sampleCase(), sampleSettings, now), {
      ...postedWebDetails,
      ...posted,
    }),
  );
const arranged = (posted: Posted): Case =>
  sampleCase({ forms: { 'migration-details': submitted('migration-details', split(posted).facts) } });

const flow = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../statemachines/${name}.asl.json`, import.meta.url), 'utf8'));

describe('what a server is asked to bear', () => {
  test('is in the settings, and for the source in what the engineer has set for the case', () => {
    const usual = { connections: 8, bytesPerSecond: 50_000_000 };
    expect(serverLoad(arranged({}), sampleSettings, 'source')).toEqual(usual);
    const careful = arranged({ sourceConnections: '１', sourceMegabytesPerSecond: '0.5' });
    expect(serverLoad(careful, sampleSettings, 'source')).toEqual({
      connections: 1,
      bytesPerSecond: 500_000,
    });
    expect(serverLoad(careful, sampleSettings, 'target')).toEqual(usual);
  });

  test('without a rate in the settings nothing is held back', () => {
    const unbounded = schema.parse({ ...sampleSettings, servers: { connections: 3 } });
    expect(serverLoad(sampleCase(), unbounded, 'target')).toEqual({ connections: 3 });
  });

  test.each<Posted>([
    { sourceConnections: '0' },
    { sourceConnections: '17' },
    { sourceMegabytesPerSecond: '0' },
    { sourceMegabytesPerSecond: '-1' },
    { fileNames: 'utf-7' },
  ])('%j is refused', (posted) => {
    expect(() => split(posted)).toThrow(InvalidInputError);
  });

  test('chunks that move at once share it, and are no more than it has connections', () => {
    const load = fc.record({ connections: fc.integer({ min: 1, max: 16 }), bytesPerSecond: fc.nat() });
    fc.assert(
      fc.property(load, load, (source, target) => {
        const workers = chunksAtOnce(source, target);
        expect(workers >= 1 && workers <= 2).toBe(true);
        for (const whole of [source, target]) {
          const share = shareOf(whole, workers);
          expect(share.connections).toBeGreaterThanOrEqual(1);
          expect(share.connections * workers).toBeLessThanOrEqual(whole.connections);
          expect(share.bytesPerSecond! * workers).toBeLessThanOrEqual(whole.bytesPerSecond);
        }
      }),
    );
  });

  test('plans that move at once share it too: their servers are often one', () => {
    const of = (plans: Plan[], posted: Posted) => ({ ...arranged(posted), plans });
    const connections = fc.integer({ min: 1, max: 16 });
    const plans = fc.subarray<Plan>(['web', 'database', 'mail'], { minLength: 1 });
    fc.assert(
      fc.property(plans, connections, connections, (moved, own, usual) => {
        const settings = { ...sampleSettings, servers: { connections: usual, megabytesPerSecond: 10 } };
        const c = of(moved, { sourceConnections: String(own), sourceMegabytesPerSecond: '2' });
        const atOnce = Math.min(plansAtOnce(c, settings), moved.filter((plan) => plan !== 'database').length);
        for (const [end, bound] of [
          ['source', { connections: own, bytesPerSecond: 2_000_000 }],
          ['target', { connections: usual, bytesPerSecond: 10_000_000 }],
        ] as const) {
          const { connections: each, bytesPerSecond } = serverLoad(c, settings, end);
          expect(each * atOnce).toBeLessThanOrEqual(bound.connections);
          expect(bytesPerSecond! * atOnce).toBeLessThanOrEqual(bound.bytesPerSecond);
        }
      }),
    );
    expect(serverLoad(of(['web', 'mail'], {}), sampleSettings, 'source').connections).toBe(4);
    expect(serverLoad(of(['web', 'database'], {}), sampleSettings, 'source').connections).toBe(8);
    expect(plansAtOnce(of(['web', 'database'], { sourceConnections: '1' }), sampleSettings)).toBe(2);
    expect(plansAtOnce(of(['web', 'mail'], { sourceConnections: '1' }), sampleSettings)).toBe(1);
  });

  test('the flow moves so many plans at once', () => {
    const { States } = flow('order');
    expect(States.TransferPlans.MaxConcurrency).toBe(
      '{% $exists($states.input.plansAtOnce) ? $states.input.plansAtOnce : 2 %}',
    );
  });

  test('the flow moves so many chunks at once, and never more than the share is reckoned for', () => {
    const { States } = flow('transfer');
    const most = chunksAtOnce({ connections: 16 }, { connections: 16 });
    expect(States.CopyChunks.MaxConcurrency).toBe(
      `{% $exists($states.input.chunksAtOnce) ? $states.input.chunksAtOnce : ${most} %}`,
    );
  });
});

describe('what else the engineer says of the servers', () => {
  test('the encoding of file names is a fact, an old target’s algorithms stay with its access', () => {
    const { facts, secrets } = split({ fileNames: 'cp932', targetLegacyAlgorithms: 'yes' });
    expect(facts.fileNames).toBe('cp932');
    expect(JSON.stringify(facts)).not.toContain('egacyAlgorithms');
    expect(webAccess.parse(JSON.parse(secrets['target-web']!))).toMatchObject({ legacyAlgorithms: true });
    const usual = JSON.parse(split({}).secrets['target-web']!);
    expect(usual.legacyAlgorithms ?? false).toBe(false);
  });

  test('a window in which no copy may be taken is refused', () => {
    const hours = { copyHours: 'limited', copyFrom: '22:00', copyTo: '06:00' };
    expect(split(hours).facts).toMatchObject(hours);
    // A Tuesday night; Saturdays are later.
    expect(() => split({ ...hours, copyDays: 'saturday' })).toThrow(
      expect.objectContaining({
        fields: { windowEndsAt: expect.stringContaining('土 22:00から翌6:00まで') },
      }),
    );
  });
});
