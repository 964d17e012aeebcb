import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleOurs } from './bundle-ours.ts';
import { median, notMeasured, report, round } from './report.ts';
import { timed } from './timed.ts';
import type { OursDone, OursOrder } from './web/ours.ts';
import { ftpPeers, missingProgram, type Peer, rcloneDefault, sftpPeers, shellPeers } from './web/peers.ts';
import { checkSameTree } from './web/same-tree.ts';
import { type Seeding, seedTree } from './web/seed.ts';
import { lendTree, type ServerKind, startTreeServer, type TreeServer } from './web/servers.ts';
import { UsedTrees } from './web/used-trees.ts';

/**
 * `npm run bench -- web`: ours against the peers, real servers on this machine, the same tree, one after the other in
 * each round; medians. Ours reads, hashes, stages sealed, delivers and keeps a ledger; peers only copy. That ours made
 * an equal tree is checked outside the time. Rounds agree best with
 * `TMPDIR=/dev/shm` (used-trees.ts says why). Options: `--rounds 5` (after one to warm up; with 1 there is none), `--files 20000`, `--large 3`,
 * `--large-mb 200`, `--distant-files 500` (with one file of 20 MB, for the cases with a round trip), `--only <case>`.
 */
const { values } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    files: { type: 'string', default: '20000' },
    large: { type: 'string', default: '3' },
    'large-mb': { type: 'string', default: '200' },
    'distant-files': { type: 'string', default: '500' },
    only: { type: 'string' },
  },
});

interface Case {
  kind: ServerKind;
  roundTripMs: number;
  peers: readonly Peer[];
  /** What is timed is the second run, over the tree that the first has moved. */
  again?: true;
}

const cases: Readonly<Record<string, Case>> = {
  'ssh-shell': { kind: 'shell', roundTripMs: 0, peers: shellPeers },
  sftp: { kind: 'sftp', roundTripMs: 0, peers: sftpPeers },
  ftp: { kind: 'ftp', roundTripMs: 0, peers: ftpPeers },
  'sftp-30ms': { kind: 'sftp', roundTripMs: 30, peers: [rcloneDefault] },
  'ssh-30ms': { kind: 'shell', roundTripMs: 30, peers: [rcloneDefault] },
  delta: { kind: 'sftp', roundTripMs: 0, peers: [rcloneDefault], again: true },
};
const rounds = Number(values.rounds);
const usual = {
  files: Number(values.files),
  large: Number(values.large),
  largeMegabytes: Number(values['large-mb']),
};
const distant = { files: Number(values['distant-files']), large: 1, largeMegabytes: 20 };
const used = new UsedTrees();
const own = bundleOurs(join(import.meta.dirname, 'web', 'ours.ts'));

async function ours(order: OursOrder): Promise<OursDone & { seconds: number }> {
  // As a function of 512 MB would be run: without the flag V8 keeps some 100 MB of garbage where there is room.
  const args = ['--max-semi-space-size=8', own.script, JSON.stringify(order)];
  const { seconds, output } = await timed(process.execPath, args);
  const done = JSON.parse(output) as OursDone;
  console.error(JSON.stringify({ run: order.run, seconds: round(seconds), ...done }));
  return { ...done, seconds };
}

async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-web-'));
  try {
    return await work(folder);
  } finally {
    used.putAside(folder);
  }
}

type Servers = { source: TreeServer; target: TreeServer };

/** Each run moves into an empty target. */
async function moveOnce({ source, target }: Servers): Promise<OursDone & { seconds: number }> {
  target.renew(used);
  const done = await withFolder((folder) =>
    ours({ source: source.access, target: target.access, folder, run: 1, verify: false }),
  );
  checkSameTree(source.folder, target.folder);
  return done;
}

async function copyOnce(peer: Peer, { source, target }: Servers, again: boolean): Promise<number> {
  target.renew(used);
  const once = () =>
    withFolder(async (scratch) => {
      const command = peer.command(source.peer, target.peer, scratch);
      return (await timed('bash', ['-o', 'pipefail', '-c', command])).seconds;
    });
  const first = await once();
  return again ? once() : first;
}

/** The first run, verified, then the second, timed without its verification and told with it. */
async function moveAgain({ source, target }: Servers): Promise<OursDone & { seconds: number }> {
  target.renew(used);
  return withFolder(async (folder) => {
    const both = { source: source.access, target: target.access, folder };
    await ours({ ...both, run: 1, verify: true });
    const done = await ours({ ...both, run: 2, verify: true });
    checkSameTree(source.folder, target.folder);
    return { ...done, seconds: done.seconds - done.verify_s };
  });
}

async function compare(name: string, { peers, again }: Case, servers: Servers, facts: object): Promise<void> {
  const present = peers.filter((peer) => {
    const missing = missingProgram(peer);
    if (missing) notMeasured(name, peer.name, `${missing} is not installed`);
    return !missing;
  });
  const own: (OursDone & { seconds: number })[] = [];
  const times = new Map(present.map((peer) => [peer, [] as number[]]));
  for (let turn = rounds > 1 ? 0 : 1; turn <= rounds; turn += 1) {
    const done = await (again ? moveAgain(servers) : moveOnce(servers));
    if (turn > 0) own.push(done);
    for (const peer of present) {
      const seconds = await copyOnce(peer, servers, again === true);
      console.error(`${name} ${peer.name}: ${round(seconds)} s`);
      if (turn > 0) times.get(peer)!.push(seconds);
    }
  }
  const mine = {
    ours: own.map(({ seconds }) => seconds),
    rss_mb: Math.max(...own.map(({ rss_mb }) => rss_mb)),
    ...(again && { verify_s: round(median(own.map(({ verify_s }) => verify_s))) }),
  };
  for (const [peer, theirs] of times) report({ case: name, peer: peer.name, theirs, ...mine, ...facts });
}

async function measure(tree: string, seeding: Seeding, wanted: readonly string[]): Promise<void> {
  if (wanted.length === 0) return;
  const bytes = seedTree(tree, seeding);
  const facts = { files: seeding.files + seeding.large, mb: Math.round(bytes / 1e6) };
  for (const name of wanted) {
    const { kind, roundTripMs } = cases[name]!;
    const source = await startTreeServer(kind, roundTripMs);
    const target = await startTreeServer(kind, roundTripMs);
    const { giveBack } = lendTree(tree, source);
    try {
      await compare(name, cases[name]!, { source, target }, facts);
    } finally {
      giveBack();
      target.renew(used);
      await Promise.all([source.stop(), target.stop()]);
    }
  }
}

const wanted = Object.keys(cases).filter((name) => values.only === undefined || values.only === name);
if (wanted.length === 0)
  throw new Error(`There is no such case; there are: ${Object.keys(cases).join(', ')}`);
try {
  await withFolder(async (folder) => {
    const far = (name: string) => cases[name]!.roundTripMs > 0;
    await measure(
      join(folder, 'usual'),
      usual,
      wanted.filter((name) => !far(name)),
    );
    await measure(join(folder, 'distant'), distant, wanted.filter(far));
  });
} finally {
  rmSync(own.folder, { recursive: true, force: true });
  used.delete();
}
