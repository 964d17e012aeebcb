import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sampleSettings } from '../../../functions/case/sample-settings.ts';
import { madeAccounts } from '../../../functions/migration/mail/keys.ts';
import { makeAccounts } from '../../../functions/migration/mail/make-accounts.ts';
import { writeJson } from '../../../functions/migration/ndjson.ts';
import { type OpenSshServer, startOpenSsh } from '../../servers/openssh.ts';
import { jobBetween } from './move.ts';

let server: OpenSshServer;
beforeAll(async () => {
  server = await startOpenSsh({ config: ['ForceCommand none'] });
});
afterAll(() => server.stop());

test('accounts are made once by a command over SSH, and one that is refused stops no other', async () => {
  const made = join(server.folder, 'made');
  mkdirSync(made);
  const accounts = ['taro', "o'brien", 'hanako'].map((user) => ({
    user,
    targetUser: `${user}@new.jp`,
    password: `${user}-himitsu`,
  }));
  // Of another customer at the same server: the list names it, nobody agreed on it.
  accounts.push({ user: 'x', targetUser: 'x@other.jp', password: 'himitsu' });
  const job = jobBetween({ source: 1, target: 1 }, { accounts, options: { targets: ['new.jp'] } });
  const { host, port, user, privateKey } = server;
  // Without clobbering: what is there already is refused, as a panel's command would.
  const template = `set -C; cat > ${made}/{name}`;
  const task = {
    creation: { way: 'command' as const, template, shell: { host, port, user, privateKey } },
    targetSecret: 'target-mail.x',
  };
  const ports = { settings: { ...sampleSettings, allowedAddresses: ['127.0.0.1/32'] }, vault: job.vault };
  try {
    mkdirSync(join(made, 'hanako'));
    const refusal: Error = await makeAccounts(ports, job, task).then(
      () => new Error('accepted'),
      (error) => error,
    );
    expect(refusal.message).toMatch(/1件のアカウントを作成できません: hanako@new\.jp\(.*[Dd]irectory.*\)/);
    expect(refusal.message).not.toContain('himitsu');
    expect(readdirSync(made).sort()).toEqual(['hanako', "o'brien", 'taro']);
    expect(readFileSync(join(made, 'taro'), 'utf8')).toBe('taro-himitsu\n');
    expect(await job.vault.get(job.caseId, 'target-mail.x.host-key')).toBe(server.hostKey);

    // Only what is missing is made again, and then nothing.
    const corrected = { ...task, creation: { ...task.creation, template: 'true {name}' } };
    expect(await makeAccounts(ports, job, corrected)).toBe(true);
    const failing = { ...task, creation: { ...task.creation, template: 'false {name}' } };
    expect(await makeAccounts(ports, job, failing)).toBe(true);
  } finally {
    job.dispose();
  }
});

test('accounts that a call made before it died are no refusal to the next', async () => {
  const accounts = ['jiro', 'saburo'].map((user) => ({
    user,
    targetUser: `${user}@new.jp`,
    password: 'himitsu',
  }));
  const job = jobBetween({ source: 1, target: 1 }, { accounts, options: { targets: ['new.jp'] } });
  const { host, port, user, privateKey } = server;
  const task = {
    creation: {
      way: 'command' as const,
      template: 'test {name} != jiro',
      shell: { host, port, user, privateKey },
    },
    targetSecret: 'target-mail.y',
  };
  const ports = { settings: { ...sampleSettings, allowedAddresses: ['127.0.0.1/32'] }, vault: job.vault };
  try {
    await writeJson(job.objects, madeAccounts(job, 'target-mail.y'), { made: [], begun: ['jiro@new.jp'] });
    expect(await makeAccounts(ports, job, task)).toBe(true);
  } finally {
    job.dispose();
  }
});
