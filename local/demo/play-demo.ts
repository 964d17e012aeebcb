import { join } from 'node:path';
import { sampleSettings } from '../../functions/case/sample-settings.ts';
import { engines } from '../../functions/migration/engines.ts';
import { freePort } from '../../test/servers/free-port.ts';
import { Player } from '../play/player.ts';
import { systemClock } from '../ports/clock.ts';
import { openDatabase } from '../ports/database.ts';
import { systemRandom } from '../ports/random.ts';
import { openProduct, type Product } from '../product.ts';
import { run } from '../run.ts';
import { serve } from '../serve.ts';
import { mailsOf } from './check-mails.ts';
import { invoicesOf, problemsWith } from './checks.ts';
import { ledgerLines, reasonsIn } from './ledger-lines.ts';
import { keepPapers, type Papers } from './papers.ts';
import { People } from './people.ts';
import type { Planted } from './planted.ts';
import { type DemoServers, ownAddresses } from './servers.ts';
import { tell } from './story.ts';
import type { Teller } from './teller.ts';
import { until } from './until.ts';

export interface DemoOptions {
  folder: string;
  servers: DemoServers;
  planted: Planted;
  teller: Teller;
  signal: AbortSignal;
}

export interface Played {
  papers: Papers;
  result: Record<string, string | number>;
}

/** Opens the product, serves it, plays the case, and looks whether all is as it should be. Throws with what is not. */
export async function playDemo({ folder, servers, planted, teller, signal }: DemoOptions): Promise<Played> {
  const database = openDatabase(join(folder, 'hikkoshi.db'));
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const settings = { ...sampleSettings, baseUrl: base, allowedAddresses: ownAddresses };
  const product = openProduct({
    folder,
    database,
    clock: systemClock,
    random: systemRandom,
    settings,
    engines,
  });
  const serving = await serve(product, port);
  const stop = new AbortController();
  const running = run(product, folder, stop.signal);
  try {
    teller.plain(`画面: ${base}（実行中だけ開けます）\n`);
    const player = new Player({ fetch, base, mailbox: product.mailbox });
    const people = new People({ product, player, fetch, base, servers, teller, signal });
    await tell(people);
    await settled(product, signal);
    const c = await people.load();
    const [invoice] = invoicesOf(product);
    if (!invoice) throw new Error('請求のイベントがありません。');
    const papers = await keepPapers(people, c, invoice, join(folder, 'papers'));
    for (const reason of reasonsIn(ledgerLines(papers.ledger))) teller.add(`台帳の${reason}`);
    teller.tell('system', '移行元と移行先を1件ずつ照合し、消し残しを探しています');
    const problems = await problemsWith({ c, product, database, folder, servers, planted, papers });
    if (problems.length > 0)
      throw new Error(`確認で見つかったこと:\n  ${problems.slice(0, 20).join('\n  ')}`);
    teller.tell('system', `すべて確認しました（${teller.seconds.toFixed(1)}秒）\n`);
    const [{ objects, moved, unexplained } = { objects: 0, moved: 0, unexplained: 0 }] = c.transfers;
    const mails = mailsOf(product).length;
    const invoices = invoicesOf(product).length;
    return { papers, result: { case: 'completed', objects, moved, unexplained, mails, invoices } };
  } finally {
    stop.abort();
    await running;
    await serving.close();
    product.runtime.close();
    database.close();
  }
}

/** The last mails and the ends of the workflows come a moment after the invoice. */
async function settled({ runtime, ports }: Product, signal: AbortSignal): Promise<void> {
  await until(
    async () => {
      const waiting = await ports.records.pendingOutbox(new Date('9999-12-31'), 1);
      const busy = runtime.list({ limit: 1000 }).some(({ status }) => status === 'RUNNING');
      return waiting.length === 0 && !busy ? true : undefined;
    },
    30,
    signal,
    () => new Error('請求の後、送信待ちが残っています。'),
  );
}
