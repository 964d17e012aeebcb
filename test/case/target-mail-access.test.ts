import { expect, test } from '@jest/globals';
import { InvalidInputError } from '../../functions/case/errors.ts';
import { type Posted, parseForm } from '../../functions/case/form.ts';
import { formFor, splitSecrets } from '../../functions/case/forms/index.ts';
import { targetMailAccess } from '../../functions/case/mail-access.ts';
import { sampleSettings as settings } from '../../functions/case/sample-settings.ts';
import { now, sampleCase } from './sample-case.ts';

const form = formFor('migration-details', sampleCase({ plans: ['mail'] }), settings, now);
const posted = {
  startsAt: '2026-12-01T22:00',
  windowEndsAt: '2026-12-02T06:00',
  targetMailHost: 'mail.new.jp',
  targetMailSecurity: 'tls',
  targetMailVerify: 'sample',
  targetMailCreation: 'none',
};
const master = {
  targetMailMasterUser: 'kanri',
  targetMailMasterPassword: 'kanri-himitsu',
  targetMailMasterStyle: 'separator',
};
const command = {
  targetMailCreation: 'command',
  targetMailCommand: 'add {account}',
  targetMailShellHost: 'new.jp',
  targetMailShellUser: 'root',
  targetMailShellPassword: 'x',
};

function refused(more: Posted): Record<string, string> {
  try {
    parseForm(form, { ...posted, ...more });
  } catch (error) {
    if (error instanceof InvalidInputError) return { ...error.fields };
    throw error;
  }
  return {};
}

test('whoever reaches every mailbox of the target names those that were agreed on', () => {
  expect(refused({})).toEqual({});
  for (const way of [master, command]) {
    expect(refused(way)).toEqual({ targetMailTargets: expect.stringContaining('合意した') });
    expect(refused({ ...way, targetMailTargets: ' \n' })).toHaveProperty('targetMailTargets');
    const given = { ...way, targetMailTargets: 'new.jp\r\nｉｎｆｏ@example.com、new.jp' };
    const { facts, secrets } = splitSecrets(parseForm(form, { ...posted, ...given }));
    expect(targetMailAccess.parse(JSON.parse(secrets['target-mail'] ?? '')).targets).toEqual([
      'new.jp',
      'info@example.com',
    ]);
    expect(JSON.stringify(facts)).not.toContain('new.jp');
  }
});

test('an administrator’s name may stand behind another sign', () => {
  const given = { ...master, targetMailTargets: 'new.jp' };
  const separatorOf = (more: Posted) => {
    const { facts, secrets } = splitSecrets(parseForm(form, { ...posted, ...given, ...more }));
    expect(facts).not.toHaveProperty('targetMailMasterSeparator');
    return targetMailAccess.parse(JSON.parse(secrets['target-mail'] ?? '')).master?.separator;
  };
  expect(separatorOf({})).toBeUndefined();
  expect(separatorOf({ targetMailMasterSeparator: ' ' })).toBeUndefined();
  expect(separatorOf({ targetMailMasterSeparator: '％' })).toBe('%');
  for (const sign of ['+', '**', 'あ'])
    expect(refused({ ...given, targetMailMasterSeparator: sign })).toHaveProperty(
      'targetMailMasterSeparator',
    );
});

test('the domains of the hearing sheet are offered', () => {
  const value = { domains: ['example.jp', 'example.com'] };
  const sheet = { taskId: 't', at: '', by: '', value };
  const c = sampleCase({ plans: ['mail'], forms: { 'hearing-sheet': sheet } });
  const { sections } = formFor('migration-details', c, settings, now);
  const field = sections.flatMap(({ fields }) => fields).find(({ name }) => name === 'targetMailTargets');
  expect(field).toMatchObject({ given: 'example.jp\nexample.com', required: false });
});
