import { expect, test } from '@jest/globals';
import type { Plan } from '../../functions/case/case.ts';
import { cybozuFacts, sourceCybozu, targetCybozu } from '../../functions/case/cybozu-access.ts';
import { InvalidInputError } from '../../functions/case/errors.ts';
import { type Posted, parseForm } from '../../functions/case/form.ts';
import { formFor, splitSecrets } from '../../functions/case/forms/index.ts';
import { sampleSettings as settings } from '../../functions/case/sample-settings.ts';
import { movedByEngine } from '../../functions/case/schedule-transfers.ts';
import { now, sampleCase, submitted } from './sample-case.ts';

type Kind = 'source-access' | 'migration-details';

function parse(kind: Kind, posted: Posted, plans: Plan[] = ['cybozu']) {
  return parseForm(formFor(kind, sampleCase({ plans }), settings, now), posted);
}

function refused(kind: Kind, posted: Posted, plans?: Plan[]): Record<string, string> {
  try {
    parse(kind, posted, plans);
  } catch (error) {
    if (error instanceof InvalidInputError) return { ...error.fields };
    throw error;
  }
  throw new Error('the form was accepted');
}

const backup = { backup: 'yes', backupDate: '2026-11-20', copyHours: 'any' };
const source = {
  ...backup,
  cybozuServer: 'other',
  cybozuProtocol: 'sftp',
  cybozuHost: 'old.example.jp',
  cybozuUser: 'moto',
  cybozuPassword: 'geheim',
  cybozuRoot: '/usr/local/cybozu/office/cbag',
};
const dates = { startsAt: '2026-12-01T22:00', windowEndsAt: '2026-12-02T06:00', copyHours: 'any' };
const target = {
  ...dates,
  cybozuBy: 'engine',
  cybozuManaged: 'yes',
  cybozuSourceVersion: '１０．８．５',
  cybozuSourceEdition: 'standard',
  cybozuTargetVersion: '10.8.5',
  cybozuTargetEdition: 'standard',
  cybozuSourceStopped: 'yes',
  cybozuTargetStopped: 'yes',
  targetCybozuRoot: '/var/cybozu/cbag',
  targetCybozuServer: 'other',
  targetCybozuHost: 'new.example.jp',
  targetCybozuUser: 'apache',
  targetCybozuPassword: 'streng',
};
const web = { host: 'www.example.jp', user: 'w', password: 'webpass', root: '/www', protocol: 'sftp' };

test('the way in goes to the vault; only host names and what was confirmed stay', () => {
  const given = splitSecrets(parse('source-access', source));
  expect(sourceCybozu.parse(JSON.parse(given.secrets['source-cybozu']!))).toEqual({
    protocol: 'sftp',
    host: 'old.example.jp',
    port: 22,
    user: 'moto',
    password: 'geheim',
    root: '/usr/local/cybozu/office/cbag',
  });
  expect(JSON.stringify(given.facts)).not.toMatch(/geheim|moto|cbag/);

  const asked = splitSecrets(parse('migration-details', { ...target, targetCybozuOwner: '48:49' }));
  expect(targetCybozu.parse(JSON.parse(asked.secrets['target-cybozu']!))).toMatchObject({
    host: 'new.example.jp',
    root: '/var/cybozu/cbag',
    owner: { user: 48, group: 49 },
  });
  expect(JSON.stringify(asked.facts)).not.toMatch(/streng|apache|cbag|48:49/);
  expect(cybozuFacts.parse(asked.facts)).toMatchObject({
    cybozuSourceVersion: '10.8.5',
    cybozuManaged: true,
  });
});

test('the same server as the web data’s is not asked for twice', () => {
  const answers = { ...backup, ...web, cybozuServer: 'same' };
  const { secrets } = splitSecrets(parse('source-access', answers, ['web', 'cybozu']));
  const access = sourceCybozu.parse(JSON.parse(secrets['source-cybozu']!));
  expect(access).toMatchObject({ host: 'www.example.jp', user: 'w', password: 'webpass' });
  // The folder of the web data is not that of Cybozu; a customer need not know it.
  expect(access.root).toBeUndefined();
  expect(refused('source-access', { ...backup, cybozuServer: 'same' })).toHaveProperty('cybozuServer');
});

test('a server that no engine reaches is described for the engineer', () => {
  expect(refused('source-access', { ...backup, cybozuServer: 'special' })).toEqual({
    otherAccess: expect.stringContaining('入力してください'),
  });
  const answers = { ...backup, cybozuServer: 'special', otherAccess: 'リモートデスクトップ geheim' };
  const { facts, secrets } = splitSecrets(parse('source-access', answers));
  expect(secrets).toEqual({ 'source-other': 'リモートデスクトップ geheim' });
  expect(JSON.stringify(facts)).not.toContain('geheim');
});

test('plain FTP needs a deliberate yes, and the target SFTP', () => {
  expect(refused('source-access', { ...source, cybozuProtocol: 'ftp' })).toHaveProperty('cybozuClearText');
  const overFtp = { ...dates, ...target, targetCybozuServer: 'same' };
  const ends = { targetHost: 'h.example.jp', targetUser: 'u', targetPassword: 'p', targetRoot: '/www' };
  expect(
    refused('migration-details', { ...overFtp, ...ends, targetProtocol: 'ftps' }, ['web', 'cybozu']),
  ).toEqual({ targetCybozuServer: expect.stringContaining('SFTP') });
});

test('R8, R10: everything is confirmed before the engine moves anything', () => {
  const form = formFor('migration-details', sampleCase({ plans: ['cybozu'] }), settings, now);
  expect(JSON.stringify(form)).toContain('「サイボウズ®Office インストール作業」を別途お申し込みください');
  const missing = refused('migration-details', { ...dates, cybozuBy: 'engine' });
  expect(Object.keys(missing).sort()).toEqual([
    'cybozuManaged',
    'cybozuSourceEdition',
    'cybozuSourceStopped',
    'cybozuSourceVersion',
    'cybozuTargetEdition',
    'cybozuTargetStopped',
    'cybozuTargetVersion',
    'targetCybozuRoot',
    'targetCybozuServer',
  ]);
  expect(refused('migration-details', { ...target, cybozuTargetVersion: '10.8.7' })).toEqual({
    cybozuTargetVersion: expect.stringContaining('同じ版'),
  });
  expect(refused('migration-details', { ...target, cybozuTargetEdition: 'premium' })).toEqual({
    cybozuTargetEdition: expect.stringContaining('同じコース'),
  });
  expect(refused('migration-details', { ...target, cybozuSourceVersion: 'ten' })).toHaveProperty(
    'cybozuSourceVersion',
  );
});

test('what the engineer moves by hand is not scheduled, and nothing more is asked', () => {
  const scheduled = (value: Record<string, unknown>) =>
    movedByEngine(
      sampleCase({
        plans: ['web', 'cybozu'],
        forms: { 'migration-details': submitted('migration-details', value) },
      }),
    );
  expect(scheduled(splitSecrets(parse('migration-details', { ...dates, cybozuBy: 'hand' })).facts)).toEqual([
    'web',
  ]);
  expect(scheduled(splitSecrets(parse('migration-details', target)).facts)).toEqual(['web', 'cybozu']);
});
