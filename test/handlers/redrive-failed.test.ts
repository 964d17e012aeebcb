import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import type { Ports } from '../../functions/case/ports.ts';
import { sampleSettings } from '../../functions/case/sample-settings.ts';
import { MemoryTree } from '../../functions/migration/web/memory-tree.ts';
import { webEngine } from '../../functions/migration/web/web-engine.ts';
import { Player } from '../../local/play/player.ts';
import { openDatabase } from '../../local/ports/database.ts';
import { systemRandom } from '../../local/ports/random.ts';
import { openProduct, type Product } from '../../local/product.ts';
import { redriveFailed } from '../../local/redrive-failed.ts';
import { allPages } from '../../local/serve.ts';
import { SettableClock } from '../../local/simulation/settable-clock.ts';

const folder = mkdtempSync(join(tmpdir(), 'hikkoshi-redrive-'));
const database = openDatabase(':memory:');
const base = 'http://hikkoshi.test';
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A process; with a mistake in the code where quotes are made, if so wished. */
function start(mistaken: boolean): Product {
  return openProduct({
    folder,
    database,
    clock: new SettableClock(new Date('2026-11-24T01:00:00.000Z')),
    random: systemRandom,
    settings: { ...sampleSettings, baseUrl: base },
    engines: { web: webEngine(async () => new MemoryTree()) },
    interpose: (ports: Ports) => ({
      ...ports,
      records: {
        ...ports.records,
        commit: async (change) => {
          if (mistaken && change.case.quotes.length > 0) throw new TypeError('undefined is not a quote');
          await ports.records.commit(change);
        },
      },
    }),
  });
}

async function settle(product: Product): Promise<void> {
  while (await product.step());
}

test('a flow that a mistake of ours has failed goes on with the next start', async () => {
  const broken = start(true);
  const pages = allPages(broken);
  const player = new Player({ base, mailbox: broken.mailbox, fetch: (request) => pages.fetch(request) });
  const reference = await player.openCase({
    company: '',
    person: '髙﨑 𠮷男',
    mail: 'shop@example.jp',
    contractNumber: 'MS-1234567',
    serverKind: 'managed',
    startWith: 'simple-quote',
  });
  for (const kind of ['hearing-sheet', 'hearing-sheet-review'] as const) {
    await settle(broken);
    const c = (await broken.ports.records.load(reference))!;
    const task = c.tasks.find((one) => one.kind === kind)!;
    const access = { protocol: 'sftp', host: 'x', port: 22, user: 'x', root: '/' } as const;
    const knowledge = { c, now: broken.ports.clock.now(), source: access, target: access };
    await player.answer(task, knowledge);
  }
  await settle(broken);
  expect(broken.runtime.describe(`${reference}-simple-quote`)?.status).toBe('FAILED');

  const mended = start(false);
  await settle(mended);
  expect((await mended.ports.records.load(reference))?.stage).toBe('hearing');
  expect(redriveFailed(mended)).toEqual([
    `${reference}-simple-quote failed in CalculateSimpleQuote (TypeError) and is tried again`,
  ]);
  await settle(mended);
  expect((await mended.ports.records.load(reference))?.stage).toBe('simple-quoted');
  expect(redriveFailed(mended)).toEqual([]);
  mended.runtime.close();
  database.close();
});
