import { mkdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { plantedStrings } from './planted.ts';
import { playDemo } from './play-demo.ts';
import { startServers } from './servers.ts';
import { buildSite } from './site.ts';
import { Teller } from './teller.ts';

/**
 * One whole case, unattended, with real data moved. Settings, all optional: HIKKOSHI_FOLDER (default `.local`; `demo` below it
 * is emptied), HIKKOSHI_DEMO_SERVERS=in-process, HIKKOSHI_DEMO_TREE=generated, HIKKOSHI_DEMO_TARGET=read-only.
 */
const { env } = process;
const folder = join(env.HIKKOSHI_FOLDER ?? '.local', 'demo');
const teller = new Teller((line) => console.log(line));
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => stop.abort(new Error('途中で止められました。')));

try {
  await run();
} catch (error) {
  console.error(`hikkoshi: デモは失敗しました。${(error as Error).message}`);
  console.error(`hikkoshi: 記録は ${folder} に残っています。次に実行すると消えます。`);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  teller.plain('サーバとお客さまのサイトを用意しています');
  const planted = plantedStrings();
  const servers = await startServers({
    password: planted.password,
    inProcess: env.HIKKOSHI_DEMO_SERVERS === 'in-process',
    readOnlyTarget: env.HIKKOSHI_DEMO_TARGET === 'read-only',
  });
  try {
    const tree = buildSite(servers.source.root, planted.content, env.HIKKOSHI_DEMO_TREE === 'generated');
    teller.plain(`移行するもの: ${tree}`);
    teller.plain(`サーバ: ${servers.kind}`);
    const { papers, result } = await playDemo({ folder, servers, planted, teller, signal: stop.signal });
    teller.plain(`お見積もり　 ${shown(papers.quote)}`);
    teller.plain(`台帳　　　　 ${shown(papers.ledger)}`);
    teller.plain(`消去の記録　 ${shown(papers.erasure)}`);
    teller.plain(`請求イベント ${shown(papers.invoice)}`);
    teller.plain(JSON.stringify(result));
  } finally {
    await Promise.allSettled([servers.source.stop(), servers.target.stop()]);
  }
}

function shown(path: string): string {
  return relative('.', path).startsWith('..') ? path : relative('.', path);
}
