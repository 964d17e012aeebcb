import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Posted } from '../../functions/case/form.ts';
import type { TaskKind } from '../../functions/case/tasks.ts';
import { engines } from '../../functions/migration/engines.ts';
import { problems } from '../../local/play/player.ts';
import { surveyFile } from '../../local/play/survey-file.ts';
import { install } from '../migration/cybozu/installation.ts';
import { type OpenSshServer, startOpenSsh } from '../servers/openssh.ts';
import { Office } from '../web/office.ts';

/** A whole case about Cybozu (R8, R10): what is typed into the pages moves an installation between two real servers. */
let office: Office;
let from: OpenSshServer;
let to: OpenSshServer;
let source: string;
let target: string;

beforeAll(async () => {
  [from, to] = [await startOpenSsh(), await startOpenSsh()];
  [source, target] = [join(from.folder, 'cbag'), join(to.folder, 'cbag')];
  install(source);
  install(target, { fresh: true, version: '10.8.7' });
  office = new Office({ engines, settings: { allowedAddresses: ['127.0.0.1/32'] } });
});

afterAll(async () => {
  office?.close();
  await from?.stop();
  await to?.stop();
});

test('Cybozu moves from the first form to the certificate; a target of another version is put right on the way', async () => {
  await office.openCase({ plans: ['cybozu'], startWith: 'formal-quote' });
  await answer('consent');
  await answer('consent-review');
  await answer('source-access', sourceAccess());
  const { c: surveyed } = await office.open('survey');
  await office.player.sendSurvey(surveyed, surveyFile(office.clock.now(), 'feasible', ['cybozu']));
  await answer('formal-quote-review');
  await answer('order');
  await answer('order-review');
  office.clock.set(new Date(office.clock.now().getTime() + 60_000));
  // Erased after the survey, asked for again before the migration (R24).
  await answer('source-access', sourceAccess());
  await answer('migration-details', targetAccess());

  const { c: stopped } = await office.open('transfer-problem');
  expect(stopped.problems[0]?.message).toContain('登録（10.8.5）とサーバ上のファイル（10.8.7）で異なります');
  expect(existsSync(join(source, 'cb5/data/maint'))).toBe(false);
  expect(existsSync(join(target, `cb5/data.kept-${stopped.id}`))).toBe(false);
  install(target, { fresh: true });
  await answer('transfer-problem');

  const { c } = await office.open('migration-sign-off');
  expect(c.transfers).toMatchObject([{ plan: 'cybozu', run: 1, skipped: 0, unexplained: 0 }]);
  expect(c.transfers[0]?.remarks?.join('\n')).toContain('移行元 13件、移行先 13件です（一致）');
  for (const directory of ['data', 'file']) {
    const ends = [`${source}/cb5/${directory}/`, `${target}/cb5/${directory}/`];
    const compared = execFileSync('rsync', ['-ainc', '--no-o', '--no-g', '--delete', ...ends]).toString();
    expect(compared.split('\n').filter((line) => line && !line.endsWith(' ./'))).toEqual([]);
  }
  expect(readFileSync(join(target, `cb5/data.kept-${c.id}/office.odbx`), 'utf8')).toBe('as installed');
  const page = await (await office.browser('engineer')).get(`/console/cases/${c.id}`);
  expect(await page.text()).toContain(`cb5/data.kept-${c.id}`);

  await answer('migration-sign-off');
  await answer('acceptance');
  await answer('acceptance-review');
  await office.settle();
  expect((await office.load()).stage).toBe('invoiced');
  expect(existsSync(join(source, 'cb5/data/maint'))).toBe(false);
  expect(JSON.stringify(office.tables())).not.toContain(from.privateKey.split('\n')[2]);
});

async function answer(kind: TaskKind, changed: Posted = {}): Promise<void> {
  const page = await office.answer(kind, changed);
  if (page.status >= 400) throw new Error(`${kind}: ${page.status} ${await problems(page)}`);
}

function sourceAccess(): Posted {
  return {
    cybozuServer: 'other',
    cybozuProtocol: 'sftp',
    cybozuHost: from.host,
    cybozuPort: String(from.port),
    cybozuUser: from.user,
    cybozuPrivateKey: from.privateKey,
    cybozuRoot: source,
  };
}

function targetAccess(): Posted {
  return {
    targetCybozuServer: 'other',
    targetCybozuHost: to.host,
    targetCybozuPort: String(to.port),
    targetCybozuUser: to.user,
    targetCybozuPrivateKey: to.privateKey,
    targetCybozuRoot: target,
  };
}
