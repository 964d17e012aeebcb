import { describe, expect, test } from '@jest/globals';
import {
  acceptKey,
  type CheckedServer,
  checkOf,
  confidedFor,
  hostOf,
} from '../../functions/case/connection-check.ts';
import { Decision } from '../../functions/case/decision.ts';
import { IllegalStepError } from '../../functions/case/errors.ts';
import { now, sampleCase, submitted } from './sample-case.ts';

const after = '2026-11-24T02:00:00.000Z';
const source = (value: Record<string, unknown>) => ({
  'source-access': submitted('source-access', { confided: 'x', ...value }, after),
});

describe('the servers that can be checked', () => {
  test.each<[CheckedServer, Record<string, unknown>, string | undefined, string]>([
    ['source-web', { host: 'old.example.jp' }, 'x', 'old.example.jp'],
    ['source-web', {}, undefined, ''],
    [
      'source-cybozu',
      { cybozuServer: 'other', cybozuHost: 'office.example.jp', host: 'o' },
      'x',
      'office.example.jp',
    ],
    ['source-cybozu', { cybozuServer: 'same', host: 'old.example.jp' }, 'x', 'old.example.jp'],
    ['source-mail', { mailProtocol: 'pop3' }, 'x', ''],
    ['source-mail', {}, undefined, ''],
    ['source-database', { databaseAccess: 'login', databaseWay: 'web' }, 'x', ''],
    // A file comes in its place.
    ['source-database', { databaseAccess: 'dump' }, undefined, ''],
    // Nobody's program reaches it.
    ['source-cybozu', { cybozuServer: 'special', host: 'old.example.jp' }, undefined, 'old.example.jp'],
  ])('%s with %j', (server, value, confided, host) => {
    const c = sampleCase({ plans: ['web', 'cybozu', 'mail', 'database'], forms: source(value) });
    expect([confidedFor(c, server), hostOf(c, server)]).toEqual([confided, host]);
    // Of a plan that the case does not have; and what was erased since.
    expect(confidedFor({ ...c, plans: [] }, server)).toBeUndefined();
    const erasures = [{ at: after, reason: 'survey-closed', objects: 0, secrets: 1 } as const];
    expect(confidedFor({ ...c, erasures }, server)).toBeUndefined();
  });

  test('a target of Cybozu is one when the engine moves it', () => {
    const details = (cybozuBy: string) => ({
      'migration-details': submitted('migration-details', { confided: 'y', cybozuBy }, after),
    });
    const c = (by: string) => sampleCase({ plans: ['cybozu'], forms: details(by) });
    expect(confidedFor(c('engine'), 'target-cybozu')).toBe('y');
    expect(confidedFor(c('engineer'), 'target-cybozu')).toBeUndefined();
  });
});

describe('a check', () => {
  const check = {
    at: after,
    by: '鈴木',
    confided: 'x',
    protocol: 'sftp',
    outcome: 'key-changed',
    hostKey: 'SHA256:old',
    shownKey: 'SHA256:new',
    remarks: [],
  } as const;
  const c = sampleCase({
    forms: source({ host: 'h' }),
    connections: { 'source-web': { ...check, remarks: [] } },
  });

  test('is one of the access that counts now', () => {
    expect(checkOf(c, 'source-web')).toMatchObject({ shownKey: 'SHA256:new' });
    expect(checkOf({ ...c, forms: source({ host: 'h', confided: 'z' }) }, 'source-web')).toBeUndefined();
  });

  test('gives the key that may be accepted, once', () => {
    const author = { at: now, actor: 'engineer', by: '鈴木' } as const;
    const decision = new Decision(c, author);
    acceptKey(decision, 'source-web', 'SHA256:new', '入れ替え');
    expect(decision.case.connections?.['source-web']).toMatchObject({
      outcome: 'key-accepted',
      hostKey: 'SHA256:new',
    });
    const once = structuredClone(decision.case);
    acceptKey(decision, 'source-web', 'SHA256:new', 'もう一度');
    expect(() => acceptKey(decision, 'target-web', 'SHA256:new', 'x')).toThrow(IllegalStepError);
    expect(decision.case).toEqual(once);
    expect(decision.toChange().history).toMatchObject([{ details: { reason: '入れ替え' } }]);
    expect(() => acceptKey(new Decision(c, author), 'source-web', 'SHA256:other', 'x')).toThrow(
      IllegalStepError,
    );
  });
});
