import type { WebAccess } from '../../../functions/case/access.ts';
import type { Case } from '../../../functions/case/case.ts';
import type { Objects, Ports, Vault } from '../../../functions/case/ports.ts';
import { sampleSettings } from '../../../functions/case/sample-settings.ts';
import { movedByEngine } from '../../../functions/case/schedule-transfers.ts';
import { cybozuEngine } from '../../../functions/migration/cybozu/cybozu-engine.ts';
import type { Run } from '../../../functions/migration/engine.ts';
import { readLines } from '../../../functions/migration/ndjson.ts';
import { readSummary } from '../../../functions/migration/summary.ts';
import type { OpenTree } from '../../../functions/migration/web/open-pinned.ts';
import { openWebTree, type WebTree } from '../../../functions/migration/web/open-web-tree.ts';
import { sampleCase, submitted } from '../../case/sample-case.ts';

export const caseId = 'HK-7K3M-Q2T9';

export interface MoveOptions {
  source: WebAccess;
  target: WebAccess & { owner?: { user: number; group: number }; sourceRoot?: string };
  objects: Objects;
  vault: Vault;
  /** Of the value of migration-details. */
  facts?: Record<string, unknown>;
  changes?: Partial<Case>;
  open?: OpenTree;
}

/** One case with the Cybozu plan, and its steps as the state machine calls them. */
export class Move {
  readonly ports: Ports;
  readonly case: Case;
  now = new Date('2026-12-01T14:00:00Z');
  readonly #engine;
  readonly #options: MoveOptions;

  constructor(options: MoveOptions) {
    this.#options = options;
    this.#engine = cybozuEngine(options.open ?? openWebTree);
    this.case = sampleCase({
      id: caseId,
      plans: ['cybozu'],
      forms: {
        'source-access': submitted('source-access', { confided: 's' }),
        'migration-details': submitted('migration-details', { ...details, ...options.facts }),
      },
      ...options.changes,
    });
    this.ports = {
      records: { load: async () => this.case },
      clock: { now: () => this.now },
      settings: { ...sampleSettings, allowedAddresses: ['127.0.0.0/8'], servers: { connections: 8 } },
      remaining: () => 900_000,
      objects: options.objects,
      vault: options.vault,
    } as unknown as Ports;
  }

  async confide(): Promise<this> {
    const { source, target, vault } = this.#options;
    await vault.put(caseId, 'source-cybozu.s', JSON.stringify(source));
    await vault.put(caseId, 'target-cybozu.m', JSON.stringify(target));
    return this;
  }

  get run(): Run {
    return { caseId, plan: movedByEngine(this.case)[0] ?? 'cybozu', run: this.case.transfers.length + 1 };
  }

  takeInventory() {
    return this.#engine.takeInventory(this.ports, this.run);
  }

  /** All chunks. */
  async copy(): Promise<number> {
    let taken: { more: boolean; chunksKey?: string };
    do taken = await this.takeInventory();
    while (taken.more);
    let copied = 0;
    for await (const { chunk } of readLines<{ chunk: number }>(this.ports.objects, taken.chunksKey!)) {
      while ((await this.copyChunk(chunk)).more);
      copied += 1;
    }
    return copied;
  }

  copyChunk(chunk: number) {
    return this.#engine.copyChunk(this.ports, this.run, chunk);
  }

  async verify() {
    for (;;) {
      const turn = await this.#engine.verifyTransfer(this.ports, this.run);
      if (!turn.more) break;
    }
    return (await readSummary(this.ports.objects, this.run))!;
  }

  release() {
    return this.#engine.releaseSource!(this.ports, this.run);
  }

  releaseForGood() {
    return this.#engine.releaseForGood!(this.ports, this.run);
  }

  /** A whole transfer: whatever happens, the source is released. Its summary enters the case. */
  async whole() {
    try {
      await this.copy();
      const summary = await this.verify();
      await this.release();
      this.case.transfers.push(summary);
      return summary;
    } catch (error) {
      await this.release();
      throw error;
    }
  }
}

const details = {
  confided: 'm',
  startsAt: '2026-12-01T13:00:00.000Z',
  windowEndsAt: '2026-12-01T21:00:00.000Z',
  cybozuBy: 'engine',
  cybozuManaged: true,
  cybozuSourceVersion: '10.8.5',
  cybozuTargetVersion: '10.8.5',
  cybozuSourceEdition: 'standard',
  cybozuTargetEdition: 'standard',
  cybozuSourceStopped: true,
  cybozuTargetStopped: true,
};

/** Connections that stay open from step to step: a move has many, and logging in takes its time. */
export function keptOpen(): { open: OpenTree; close(): Promise<void> } {
  const trees = new Map<string, WebTree>();
  return {
    open: async (access, policy) => {
      const key = JSON.stringify(access);
      const tree = trees.get(key) ?? (await openWebTree(access, policy));
      trees.set(key, tree);
      return new Proxy(tree, {
        get(_, name) {
          if (name === 'close') return async () => undefined;
          const value: unknown = Reflect.get(tree, name);
          return typeof value === 'function' ? value.bind(tree) : value;
        },
      });
    },
    close: async () => {
      for (const tree of trees.values()) await tree.close();
      trees.clear();
    },
  };
}
