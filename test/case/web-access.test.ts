import { expect, test } from '@jest/globals';
import { webAccess } from '../../functions/case/access.ts';
import { InvalidInputError } from '../../functions/case/errors.ts';
import { type Posted, parseForm } from '../../functions/case/form.ts';
import { formFor, splitSecrets } from '../../functions/case/forms/index.ts';
import { sampleSettings as settings } from '../../functions/case/sample-settings.ts';
import { now, postedWebDetails, sampleCase } from './sample-case.ts';

type Kind = 'source-access' | 'migration-details';
const parse = (kind: Kind, posted: Posted) => parseForm(formFor(kind, sampleCase(), settings, now), posted);

function refused(kind: Kind, posted: Posted): Record<string, string> {
  try {
    parse(kind, posted);
  } catch (error) {
    if (error instanceof InvalidInputError) return { ...error.fields };
    throw error;
  }
  throw new Error('the form was accepted');
}

const source = {
  backup: 'yes',
  backupDate: '2026-11-20',
  host: 'old.example.jp',
  user: 'u1',
  password: 'geheim',
  root: '/www',
};

test.each([
  ['sftp', 22],
  ['ftps', 21],
  ['ftps-implicit', 990],
  ['ftp', 21],
])('%s goes to port %i where none is given', (protocol, port) => {
  const value = parse('source-access', { ...source, protocol, clearText: 'yes' });
  const { facts, secrets } = splitSecrets(value);
  expect(webAccess.parse(JSON.parse(secrets['source-web'] ?? ''))).toMatchObject({ protocol, port });
  // That a password was sent in clear, and with whose consent, stays on the case.
  expect(facts.clearText).toBe(protocol === 'ftp' ? true : undefined);
  expect(JSON.stringify(facts)).not.toMatch(/geheim|u1|www/);
});

test('plain FTP is warned of in the form, and needs a deliberate yes', () => {
  const form = formFor('source-access', sampleCase(), settings, now);
  expect(JSON.stringify(form)).toMatch(/パスワードとデータがそのままの形でネットワークを流れ/);
  expect(refused('source-access', { ...source, protocol: 'ftp' })).toEqual({
    clearText: expect.stringContaining('読み取られる'),
  });
  expect(refused('migration-details', { ...postedWebDetails, targetProtocol: 'ftp' })).toEqual({
    targetClearText: expect.stringContaining('読み取られる'),
  });
});

test('FTP knows passwords, not keys', () => {
  const key = '-----BEGIN OPENSSH PRIVATE KEY-----\nabcd\n-----END OPENSSH PRIVATE KEY-----\n';
  expect(refused('source-access', { ...source, protocol: 'ftps', password: '' })).toHaveProperty('password');
  expect(refused('source-access', { ...source, protocol: 'ftps', privateKey: key })).toHaveProperty(
    'privateKey',
  );
  expect(refused('source-access', { ...source, protocol: 'gopher' })).toHaveProperty('protocol');
});

test('the target is SFTP unless another way is chosen', () => {
  const access = (more: Posted) => {
    const { facts, secrets } = splitSecrets(parse('migration-details', { ...postedWebDetails, ...more }));
    return [webAccess.parse(JSON.parse(secrets['target-web'] ?? '')), facts] as const;
  };
  expect(access({})[0]).toMatchObject({ protocol: 'sftp', port: 22 });
  expect(access({ targetProtocol: 'ftps-implicit' })[0]).toMatchObject({
    protocol: 'ftps-implicit',
    port: 990,
  });
  const [plain, facts] = access({ targetProtocol: 'ftp', targetPort: '2121', targetClearText: 'yes' });
  expect(plain).toMatchObject({ protocol: 'ftp', port: 2121 });
  expect(facts).toMatchObject({ targetHost: 'new.example.jp', targetClearText: true });
});
