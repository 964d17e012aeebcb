import { sourceDatabaseAccess, targetDatabaseAccess } from '../../case/database-access.ts';
import type { Ports } from '../../case/ports.ts';
import type { Run } from '../engine.ts';
import { confidedBy, withJob } from '../with-job.ts';
import type { DatabaseJob } from './job.ts';
import { madeDatabases } from './made-databases.ts';
import { pairDatabases } from './pair-databases.ts';
import { pinned } from './pin-server.ts';
import { sshOf } from './source-servers.ts';

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
    const ssh = {
      source: source.way === 'web' ? await sshOf(ports, c, 'source') : undefined,
      target: target.way === 'web' ? await sshOf(ports, c, 'target') : undefined,
    };
    const tunnels = { source: ssh.source?.tunnel, target: ssh.target?.tunnel };
    const pairs = pairDatabases(source, target, { caseId: c.id, ...tunnels });
    const keep = { vault: ports.vault, caseId: c.id };
    const made = await madeDatabases(keep, target, pairs, policy);
    const pins = {
      source: {
        ...keep,
        end: '移行元' as const,
        name: from.secret,
        ...(ssh.source && { tunnelPin: ssh.source.pin }),
      },
      target: {
        ...keep,
        end: '移行先' as const,
        name: to.secret,
        ...(ssh.target && { tunnelPin: ssh.target.pin }),
      },
    };
    const several = pairs.length > 1;
    const jobs: DatabaseJob[] = [];
    for (const [index, pair] of pairs.entries()) {
      const server = { ...pair.target, ...made[index] };
      jobs.push({
        ...job,
        ...(several && { part: index + 1 }),
        source: 'dump' in pair.source ? pair.source : await pinned(pins.source, pair.source, policy),
        target: await pinned(pins.target, server, policy),
        options: pair.options,
        ...policy,
      });
    }
    return work(jobs);
  });
}
