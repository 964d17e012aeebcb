import { webAccess } from '../../case/access.ts';
import type { Case } from '../../case/case.ts';
import {
  type DatabaseTunnel,
  sourceDatabaseAccess,
  targetDatabaseAccess,
} from '../../case/database-access.ts';
import { TerminalError } from '../../case/errors.ts';
import type { Ports } from '../../case/ports.ts';
import type { TaskKind } from '../../case/tasks.ts';
import type { Run } from '../engine.ts';
import { confidedBy, withJob } from '../with-job.ts';
import type { DatabaseJob } from './job.ts';
import { madeDatabases } from './made-databases.ts';
import { pairDatabases } from './pair-databases.ts';
import { pinned } from './pin-server.ts';

/** Works on what was confided for a run's databases: a job each, in the order in which they were given. */
export function withDatabaseJobs<T>(
  ports: Ports,
  run: Run,
  work: (jobs: readonly DatabaseJob[]) => Promise<T>,
): Promise<T> {
  return withJob(ports, run, async (job, c) => {
    const policy = { allowedAddresses: ports.settings.allowedAddresses };
    const from = await confidedBy(ports, c, 'source-database', 'source-access');
    const to = await confidedBy(ports, c, 'target-database', 'migration-details');
    const source = sourceDatabaseAccess.parse(JSON.parse(from.text));
    const target = targetDatabaseAccess.parse(JSON.parse(to.text));
    const pairs = pairDatabases(source, target, {
      caseId: c.id,
      source: source.way === 'web' ? await tunnelOf(ports, c, 'source-web', 'source-access') : undefined,
      target: target.way === 'web' ? await tunnelOf(ports, c, 'target-web', 'migration-details') : undefined,
    });
    const keep = { vault: ports.vault, caseId: c.id };
    const made = await madeDatabases({ ...keep, name: `${to.secret}.made` }, target, pairs, policy);
    const several = pairs.length > 1;
    const jobs: DatabaseJob[] = [];
    for (const [index, pair] of pairs.entries()) {
      const server = { ...pair.target, ...made[index] };
      jobs.push({
        ...job,
        ...(several && { part: index + 1 }),
        source:
          'dump' in pair.source
            ? pair.source
            : await pinned({ ...keep, name: from.secret }, pair.source, policy),
        target: await pinned({ ...keep, name: to.secret }, server, policy),
        options: pair.options,
        ...policy,
      });
    }
    return work(jobs);
  });
}

/** The SSH log-in of an end's web data, with the key that its first contact pinned. */
async function tunnelOf(
  ports: Ports,
  c: Case,
  name: string,
  kind: TaskKind,
): Promise<Omit<DatabaseTunnel, 'hostKey'> & { hostKey?: string }> {
  const { secret, text } = await confidedBy(ports, c, name, kind);
  const { protocol, host, port, user, password, privateKey, passphrase } = webAccess.parse(JSON.parse(text));
  if (protocol !== 'sftp') {
    throw new TerminalError(
      'Web データのサーバに SSH で入れないため、そこからデータベースにつなげません。何も変更していません。接続の方法を登録し直してください。',
    );
  }
  const hostKey = await ports.vault.get(c.id, `${secret}.host-key`);
  return {
    host,
    port,
    user,
    ...(password !== undefined && { password }),
    ...(privateKey !== undefined && { privateKey }),
    ...(passphrase !== undefined && { passphrase }),
    ...(hostKey !== undefined && { hostKey }),
  };
}
