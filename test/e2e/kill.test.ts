import { randomBytes, randomInt } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { WebAccess } from '../../functions/case/access.ts';
import type { Case, Task } from '../../functions/case/case.ts';
import { type TaskKind, tasks } from '../../functions/case/tasks.ts';
import { readProgress } from '../../functions/migration/progress.ts';
import { readSite } from '../../local/demo/read-site.ts';
import type { Knowledge } from '../../local/play/answers.ts';
import { Player, problems } from '../../local/play/player.ts';
import { fileObjects } from '../../local/ports/objects.ts';
import { freePort } from '../servers/free-port.ts';
import { type OpenSshServer, startOpenSsh } from '../servers/openssh.ts';
import { type ByteRateProxy, startByteRateProxy } from './byte-rate-proxy.ts';
import { DatabaseLook, filesBelow } from './look-into.ts';
import { ProductProcess } from './product-process.ts';
import { buildSiteToMove } from './site-to-move.ts';
import { turns, until } from './until.ts';

/** Slow enough for a transfer to be met in the middle, fast enough to wait for. */
const bytesPerSecond = 5 * 1024 * 1024;
const planted = `planted-${randomBytes(12).toString('hex')}`;
const password = `kagi-${randomBytes(12).toString('hex')}`;

/** The steps of a whole case in their order; the transfer comes after `migration-details`. */
const steps: readonly TaskKind[] = [
  'hearing-sheet',
  'hearing-sheet-review',
  'formal-quote-request',
  'consent',
  'consent-review',
  'source-access',
  'survey',
  'formal-quote-review',
  'order',
  'order-review',
  'source-access',
  'migration-details',
  'migration-sign-off',
  'acceptance',
  'acceptance-review',
];
/** Steps at which the process also dies with the answer on its way: what is confided, what binds, what is billed. */
const alsoInFlight: readonly TaskKind[] = ['source-access', 'order', 'acceptance-review'];

interface End {
  server: OpenSshServer;
  proxy: ByteRateProxy;
  root: string;
}

async function startEnd(fill: (root: string) => void): Promise<End> {
  const server = await startOpenSsh();
  const root = join(server.folder, 'public_html');
  fill(root);
  return { server, root, proxy: await startByteRateProxy(server.port, bytesPerSecond) };
}

const access = ({ server, proxy, root }: End): WebAccess => {
  const { host, user, privateKey } = server;
  return { protocol: 'sftp', host, port: proxy.port, user, privateKey, password, root };
};

describe('kill -9 of the whole product', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hikkoshi-kill-'));
  const look = new DatabaseLook(folder);
  let product: ProductProcess;
  let player: Player;
  let source: End;
  let target: End;
  let planned = 0;
  let reference = '';

  beforeAll(async () => {
    product = new ProductProcess(folder, await freePort());
    player = new Player({ fetch, base: product.base, mailbox: look.mailbox });
    source = await startEnd((root) => {
      planned = buildSiteToMove(root, planted);
    });
    target = await startEnd((root) => mkdirSync(root));
  });
  afterAll(async () => {
    await product.clear();
    for (const end of [source, target]) {
      await end?.proxy.stop();
      await end?.server.stop();
    }
    rmSync(folder, { recursive: true, force: true });
  });

  const knowledge = (c: Case): Knowledge => {
    const now = new Date();
    // The form takes whole seconds, and only of the future: also when a slow machine hands it in.
    const startsAt = new Date(Math.ceil(now.getTime() / 1000) * 1000 + 8_000);
    return { c, now, source: access(source), target: access(target), startsAt };
  };

  /** Looked at only while a life runs: opening them clears away what a dead one left, which is the product's to do. */
  const objects = () => fileObjects(join(folder, 'objects'));

  const stopOnProblem = (c = look.load(reference)): void => {
    if (c.problems.length > 0) throw new Error(JSON.stringify(c.problems));
  };

  /** The open step, when everything about it has been done: the link is in the mailbox, nothing is left to send. */
  const waitingFor = (kind: TaskKind) =>
    until(`the step ${kind}`, () => {
      const c = look.load(reference);
      stopOnProblem(c);
      const task = c.tasks.find((one) => one.kind === kind && one.status === 'open');
      const [{ left } = {}] = look.rows('SELECT count(*) AS left FROM outbox');
      return task && left === 0 ? { c, task } : undefined;
    });

  const answer = async (task: Task, c: Case): Promise<void> => {
    const page = await player.answer(task, knowledge(c));
    const accepted = tasks[task.kind].actor === 'customer' ? 200 : 303;
    if (page.status !== accepted) throw new Error(`${task.id}: ${page.status} ${await problems(page)}`);
  };

  /** The process dies somewhere between the first byte of the answer and the last of the page that comes back. */
  const answerIntoDeath = async (task: Task, c: Case): Promise<void> => {
    const page = player.answer(task, knowledge(c)).catch(() => undefined);
    await turns(1 + (randomBytes(1)[0]! % 64));
    await product.kill();
    await page;
    await product.start();
  };

  const killDuringTransfer = async (): Promise<string[]> => {
    const met: string[] = [];
    const phase = async () => (await readProgress(objects(), reference, 'web', 1)).phase;
    // Each life moves up to so many bytes before it dies; the 20 MB take several.
    for (const [end, most] of [
      [source, 200_000],
      [target, 300_000],
      [source, 3_000_000],
      [target, 3_000_000],
      [source, 2_000_000],
    ] as const) {
      const enough = end.proxy.passed() + 50_000 + randomInt(most);
      await until('bytes on their way', () => {
        stopOnProblem();
        return end.proxy.passed() > enough || undefined;
      });
      met.push(await phase());
      await product.killAndStart();
    }
    await until('the end of the copy', async () => {
      const { phase, objects: moving } = await readProgress(objects(), reference, 'web', 1);
      return phase !== 'copy' || moving.done === moving.total || undefined;
    });
    const enough = target.proxy.passed() + 100_000 + randomInt(3_000_000);
    await until('the verification to read', () => target.proxy.passed() > enough || undefined);
    await product.kill();
    met.push(look.load(reference).transfers.length > 0 ? 'done' : 'verify');
    await product.start();
    return met;
  };

  test('at every wait and all over the migration: the case goes on to its invoice as if nothing had happened', async () => {
    const before = readSite(source.root);
    expect(before.size).toBe(planned);
    await product.start();
    expect(await product.stop()).toBe(0);
    await product.start();
    reference = await player.openCase({
      company: '株式会社髙﨑商店',
      person: '髙﨑 𠮷男',
      mail: 'shop@example.jp',
      contractNumber: 'MS-1234567',
      serverKind: 'managed',
      startWith: 'simple-quote',
      plans: ['web'],
    });
    await product.killAndStart();

    for (const kind of steps) {
      await waitingFor(kind);
      await product.killAndStart();
      let { c, task } = await waitingFor(kind);
      if (alsoInFlight.includes(kind)) {
        await answerIntoDeath(task, c);
        c = look.load(reference);
        task = c.tasks.find(({ id }) => id === task.id)!;
      }
      if (task.status === 'open') await answer(task, c);
      await product.killAndStart();
      if (kind === 'migration-details') {
        const met = await killDuringTransfer();
        expect(met.filter((phase) => phase === 'copy').length).toBeGreaterThanOrEqual(3);
        expect(met.at(-1)).toBe('verify');
      }
    }

    const c = await until('the invoice, and the end of every flow', () => {
      const found = look.load(reference);
      const [{ left } = {}] = look.rows('SELECT count(*) AS left FROM outbox');
      const [{ running } = {}] = look.rows(
        "SELECT count(*) AS running FROM workflow_execution WHERE status = 'RUNNING'",
      );
      return found.stage === 'invoiced' && left === 0 && running === 0 ? found : undefined;
    });
    expect(product.kills).toBe(
      1 + 2 * steps.length + steps.filter((kind) => alsoInFlight.includes(kind)).length + 6,
    );
    expect(product.complaints).toBe('');

    // Billed once.
    const invoices = look.events().filter(({ event }) => event.type === 'InvoiceIssued');
    expect(invoices.map(({ event }) => event.detail.invoiceId)).toEqual([c.invoice?.invoiceId]);
    expect(new Set(look.events().map(({ event }) => event.id)).size).toBe(look.events().length);

    // Every step once, and every mail that it brings once; what a crash sent again was recognised by its Message-ID.
    expect(c.tasks.map(({ kind, status }) => [kind, status])).toEqual(
      steps.map((kind) => [kind, 'completed']),
    );
    const history = look.history(reference);
    const noted = (what: string) => history.filter((entry) => entry.what === what);
    expect(noted('task-completed').map(({ details }) => details.task)).toEqual(c.tasks.map(({ id }) => id));
    const customers = steps.filter((kind) => tasks[kind].actor === 'customer').length;
    const others = ['accepted', 'migration-scheduled', 'completed', 'invoice-issued'].length;
    const mails = look.mailbox.listMails({ limit: 1_000 });
    expect(mails).toHaveLength(steps.length + customers + others);
    expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(mails.length);
    expect(mails.every(({ timesSent }) => timesSent >= 1 && timesSent <= product.kills)).toBe(true);
    const executions = look.rows('SELECT name, status FROM workflow_execution');
    expect(executions.filter(({ status }) => status !== 'SUCCEEDED')).toEqual([]);
    expect(executions).toHaveLength(4);

    // Moved to the byte, with modes and times, and the source is as it was.
    expect(c.transfers).toMatchObject([
      { plan: 'web', run: 1, objects: planned, moved: planned, altered: 0, skipped: 0, unexplained: 0 },
    ]);
    expect(readSite(target.root)).toEqual(before);
    expect(readSite(source.root)).toEqual(before);

    // R24: nothing of it is left on our side.
    expect(filesBelow(join(folder, 'objects', 'objects', 'temporary'))).toEqual([]);
    expect(filesBelow(join(folder, 'objects', 'incoming'))).toEqual([]);
    expect(filesBelow(join(folder, 'vault', 'secrets'))).toEqual([]);
    expect(c.erasures.map(({ reason }) => reason)).toEqual(['survey-closed', 'migration-closed']);
    const keyLine = source.server.privateKey.split('\n')[2]!;
    const holding = filesBelow(folder).filter((path) => {
      const bytes = readFileSync(join(folder, path));
      return [planted, password, keyLine].some((text) => bytes.includes(text));
    });
    expect(holding).toEqual([]);
  }, 600_000);
});
