import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Dovecot, startDovecot } from '../../test/servers/dovecot.ts';
import { bundleOurs } from './bundle-ours.ts';
import { startDelayProxy } from './delay-proxy.ts';
import { doveadmBackup, findImapsync, imapsync, mbsync } from './mail/peers.ts';
import { type Seeding, seedMaildir, usual } from './mail/seed.ts';
import { notMeasured, report, round } from './report.ts';
import { timed } from './timed.ts';
import { UsedTrees } from './web/used-trees.ts';

/**
 * `node local/bench/mail.ts`: ours against the peers, Dovecot to Dovecot on this machine, the same messages, one after
 * the other in each round; the median of the rounds. One JSON line a comparison; `ratio` = peer / ours. Options:
 * `--rounds 5`, `--messages 5000`, `--large 150000` (one folder), `--only usual|distant|large`.
 */
const { values } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    messages: { type: 'string', default: '5000' },
    large: { type: 'string', default: '150000' },
    only: { type: 'string' },
  },
});

interface Ours {
  seconds: number;
  rss_mb: number;
  [fact: string]: number;
}

const own = bundleOurs(join(import.meta.dirname, 'mail', 'ours.ts'));
// Both servers write without waiting for the disk: every contender gains alike, and the disk is not what is measured.
const server = { more: 'mail_fsync = never' };
const program = findImapsync();
const used = new UsedTrees();
console.error(`mail and staged copies below ${tmpdir()}`);

async function ours(
  ports: { source: number; target: number },
  folder: string,
  run = 1,
  verify = false,
): Promise<Ours> {
  // As a function of 512 MB would be run: without the flag V8 keeps some 100 MB of garbage where there is room.
  const args = [
    '--max-semi-space-size=8',
    own.script,
    `${ports.source}`,
    `${ports.target}`,
    folder,
    `${run}`,
    verify ? 'verify' : '-',
  ];
  const { seconds, output } = await timed(process.execPath, args);
  return { ...JSON.parse(output), seconds };
}

/** A target without a message, for one contender. */
async function withTarget<T>(work: (target: Dovecot, folder: string) => Promise<T>): Promise<T> {
  const target = await startDovecot(server);
  const folder = mkdtempSync(join(tmpdir(), 'bench-mail-'));
  try {
    return await work(target, folder);
  } finally {
    used.putAside(join(target.folder, 'mail'));
    used.putAside(folder);
    await target.stop();
  }
}

async function withSource<T>(seeding: Seeding, work: (source: Dovecot) => Promise<T>): Promise<T> {
  const source = await startDovecot(server);
  try {
    mkdirSync(source.home('taro'), { recursive: true });
    const bytes = seedMaildir(source.home('taro'), seeding);
    if (process.getuid?.() === 0) execFileSync('chown', ['-R', '65534:65534', source.home('taro')]);
    console.error(
      `${seeding.messages} messages, ${Math.round(bytes / 1e6)} MB, in ${seeding.folders.length + 1} folders`,
    );
    return await work(source);
  } finally {
    await source.stop();
  }
}

/** Every contender once a round, in turn; the first round warms up and does not count. */
async function compare(name: string, source: Dovecot, roundTripMs: number): Promise<void> {
  const times: Record<string, number[]> = {};
  const note = (peer: string, seconds: number, counts: boolean) => {
    times[peer] ??= [];
    if (counts) times[peer].push(seconds);
    console.error(`${name}: ${peer} ${round(seconds)} s${counts ? '' : ' (warm-up)'}`);
  };
  let rss = 0;
  const proxy = roundTripMs > 0 ? await startDelayProxy(source.port, roundTripMs) : undefined;
  const from = proxy?.port ?? source.port;
  for (let turn = 0; turn <= Number(values.rounds); turn++) {
    await withTarget(async (target, folder) => {
      const toProxy = roundTripMs > 0 ? await startDelayProxy(target.port, roundTripMs) : undefined;
      const ports = { source: from, target: toProxy?.port ?? target.port };
      const first = await ours(ports, folder);
      note('ours', first.seconds, turn > 0);
      rss = Math.max(rss, first.rss_mb);
      await ours(ports, folder, 1, true);
      note('ours again', (await ours(ports, folder, 2)).seconds, turn > 0);
      toProxy?.stop();
    });
    await withTarget(async (target, folder) => {
      const toProxy = roundTripMs > 0 ? await startDelayProxy(target.port, roundTripMs) : undefined;
      const ports = { source: from, target: toProxy?.port ?? target.port };
      note('mbsync', await mbsync(ports, folder), turn > 0);
      note('mbsync again', await mbsync(ports, folder), turn > 0);
      toProxy?.stop();
    });
    await withTarget(async (target) => note('doveadm', await doveadmBackup(from, target), turn > 0));
    if (!program) continue;
    await withTarget(async (target) => {
      const toProxy = roundTripMs > 0 ? await startDelayProxy(target.port, roundTripMs) : undefined;
      const ports = { source: from, target: toProxy?.port ?? target.port };
      note('imapsync', await imapsync(program, ports), turn > 0);
      note('imapsync again', await imapsync(program, ports), turn > 0);
      toProxy?.stop();
    });
  }
  proxy?.stop();
  for (const peer of ['mbsync', 'doveadm', 'imapsync', 'mbsync again', 'imapsync again']) {
    if (!times[peer]) continue;
    const again = peer.endsWith('again');
    report({
      case: again ? `${name}-again` : name,
      peer: peer.replace(' again', ''),
      ours: times[again ? 'ours again' : 'ours']!,
      theirs: times[peer],
      rss_mb: rss,
    });
  }
  for (const one of program ? [] : [name, `${name}-again`])
    notMeasured(one, 'imapsync', 'not on PATH and not named by IMAPSYNC');
}

/**
 * One folder, a third of the messages and then all: memory flat, time proportional (`growth` 3). mbsync stores one message
 * at a time, and its target looks through the folder after each: it has a tenth of the messages.
 */
async function growth(messages: number): Promise<void> {
  const ourTimes = await seconds(messages, async (ports, folder) => {
    const run = await ours(ports, folder, 1, true);
    console.error(`one-folder: ${JSON.stringify(run)}`);
    return run;
  });
  const rss_mb = Math.max(...ourTimes.map(({ rss_mb }) => rss_mb));
  console.log(JSON.stringify({ ...grown('none', ourTimes), rss_mb }));
  const theirs = await seconds(Math.round(messages / 10), async (ports, folder) => ({
    seconds: await mbsync(ports, folder),
  }));
  console.log(JSON.stringify(grown('mbsync', theirs)));
}

async function seconds<Run extends { seconds: number }>(
  messages: number,
  move: (ports: { source: number; target: number }, folder: string) => Promise<Run>,
): Promise<(Run & { messages: number })[]> {
  const runs: (Run & { messages: number })[] = [];
  for (const count of [Math.round(messages / 3), messages]) {
    const seeding = { folders: [], messages: count, smallest: 1000, largest: 4000 };
    await withSource(seeding, (source) =>
      withTarget(async (target, folder) => {
        const run = await move({ source: source.port, target: target.port }, folder);
        runs.push({ ...run, messages: count });
      }),
    );
  }
  return runs;
}

function grown(peer: string, runs: readonly { seconds: number; messages: number }[]) {
  const [few, many] = runs.map(({ seconds }) => seconds);
  return {
    case: 'one-folder',
    peer,
    messages: runs.map(({ messages }) => messages),
    seconds: runs.map(({ seconds }) => round(seconds)),
    growth: round(many! / few!),
  };
}

const wanted = (name: string) => values.only === undefined || values.only === name;
const messages = Number(values.messages);
if (wanted('usual')) await withSource({ ...usual, messages }, (source) => compare('imap', source, 0));
if (wanted('distant')) {
  await withSource({ ...usual, messages: Math.round(messages / 5) }, (source) =>
    compare('imap-30ms', source, 30),
  );
}
if (wanted('large')) await growth(Number(values.large));
used.delete();
rmSync(own.folder, { recursive: true, force: true });
