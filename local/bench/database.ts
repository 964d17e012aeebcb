import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mysqlFill, postgresqlFill } from './database/fill.ts';
import { type BenchServer, startMariadb, startPostgresql } from './database/start-server.ts';
import { median, report, round } from './report.ts';

/**
 * `node local/bench/database.ts [mysql|postgresql] [--runs 3] [--scale 1]`: ours against the peers, same servers, same
 * rows, same run; medians after a warm-up. Ours hashes, stages encrypted and keeps a ledger besides; peers only copy.
 * A line of JSON a peer: {"case","peer","ours_s","peer_s","ratio","rss_mb","verify_s"}.
 */
interface Bench {
  start(): Promise<BenchServer>;
  fill(server: BenchServer, scale: number): void;
  empty(server: BenchServer): void;
  access(server: BenchServer): object;
  /** Shell commands from `$1` (port of the source) to `$2` (port of the target); `$3` is an empty folder. */
  peers: Record<string, string>;
}

const mariadb = 'mariadb --no-defaults -h127.0.0.1 -uroot';
const psql = 'psql -qX -v ON_ERROR_STOP=1 -h 127.0.0.1 -U postgres';

const benches: Record<string, Bench> = {
  mysql: {
    start: startMariadb,
    fill: (server, scale) => shell(`${mariadb} -P${server.port}`, mysqlFill(scale)),
    empty: (server) =>
      shell(`${mariadb} -P${server.port}`, 'DROP DATABASE IF EXISTS shop; CREATE DATABASE shop;'),
    access: ({ port }) => server('mysql', 'root', port, 'shop'),
    peers: {
      'mariadb-dump | mariadb': `mariadb-dump --no-defaults -h127.0.0.1 -uroot -P$1 --single-transaction shop | ${mariadb} -P$2 shop`,
      'mydumper + myloader':
        'mydumper -h 127.0.0.1 -u root -P $1 -B shop -o $3 -t 4 -r 100000 --trx-consistency-only >/dev/null 2>&1; ' +
        'myloader -h 127.0.0.1 -u root -P $2 -d $3 -t 4 -o >/dev/null 2>&1',
    },
  },
  postgresql: {
    start: startPostgresql,
    fill: (server, scale) => {
      shell(`${psql} -p ${server.port} postgres`, 'CREATE DATABASE shop;');
      shell(`${psql} -p ${server.port} shop`, postgresqlFill(scale));
    },
    empty: (server) => {
      shell(`${psql} -p ${server.port} postgres -c "DROP DATABASE IF EXISTS shop"`);
      shell(`${psql} -p ${server.port} postgres -c "CREATE DATABASE shop"`);
    },
    access: ({ port }) => server('postgresql', 'postgres', port, 'shop'),
    peers: {
      'pg_dump | psql': `pg_dump -h 127.0.0.1 -U postgres -p $1 shop | ${psql} -p $2 shop >/dev/null`,
      'pg_dump -Fd -j2 -Z0 + pg_restore -j2':
        'pg_dump -h 127.0.0.1 -U postgres -p $1 -Fd -j2 -Z0 -f $3/d shop && pg_restore -h 127.0.0.1 -U postgres -p $2 -j2 -d shop $3/d',
    },
  },
};

const options = process.argv.slice(2);
const runs = Number(option('--runs') ?? 3);
const scale = Number(option('--scale') ?? 1);
const wanted = Object.keys(benches).filter(
  (name) => !options.some((o) => o in benches) || options.includes(name),
);
for (const name of wanted) await compare(name, benches[name]!);

async function compare(name: string, bench: Bench): Promise<void> {
  const [source, target] = await Promise.all([bench.start(), bench.start()]);
  try {
    bench.fill(source, scale);
    const both = JSON.stringify([bench.access(source), bench.access(target)]);
    const ours: { seconds: number; verify: number; rss_mb: number }[] = [];
    const peers = new Map(Object.keys(bench.peers).map((peer) => [peer, [] as number[]]));
    for (let run = runs > 1 ? 0 : 1; run <= runs; run++) {
      bench.empty(target);
      const script = join(import.meta.dirname, 'database', 'ours.ts');
      const measured = JSON.parse(execFileSync(process.execPath, [script, both], { encoding: 'utf8' }));
      if (run > 0) ours.push(measured);
      for (const [peer, command] of Object.entries(bench.peers)) {
        bench.empty(target);
        const seconds = timed(command, source.port, target.port);
        if (run > 0) peers.get(peer)!.push(seconds);
      }
    }
    for (const [peer, theirs] of peers) {
      report({
        case: name,
        peer,
        ours: ours.map(({ seconds }) => seconds),
        theirs,
        rss_mb: Math.max(...ours.map(({ rss_mb }) => rss_mb)),
        verify_s: round(median(ours.map(({ verify }) => verify))),
      });
    }
  } finally {
    await Promise.all([source.stop(), target.stop()]);
  }
}

function timed(command: string, from: number, to: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'bench-dump-'));
  try {
    const start = performance.now();
    const { status } = spawnSync('bash', [
      '-o',
      'pipefail',
      '-c',
      command,
      'bench',
      String(from),
      String(to),
      folder,
    ]);
    if (status !== 0) throw new Error(`A peer failed: ${command}`);
    return (performance.now() - start) / 1000;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function shell(command: string, input = ''): void {
  execFileSync('bash', ['-c', command], { input, stdio: ['pipe', 'ignore', 'inherit'] });
}

function server(engine: string, user: string, port: number, database: string) {
  return { engine, host: '127.0.0.1', port, user, password: '', database, tls: 'none' };
}

function option(name: string): string | undefined {
  return options.includes(name) ? options[options.indexOf(name) + 1] : undefined;
}
