import { beforeEach, describe, expect, it } from '@jest/globals';
import { joinPath, nameOf, parentOf } from '../../../functions/migration/position.ts';
import { MemoryTree } from '../../../functions/migration/web/memory-tree.ts';
import { jobOf, ledgerOf, nextRun, transfer } from '../whole-transfer.ts';

const path = (text: string) => Buffer.from(text);

/** A file system that keeps the case of a name and does not look at it, as those of Windows and of Macs. */
class CaselessTree extends MemoryTree {
  /** Lower case to the name as it was given. */
  readonly #given = new Map<string, Buffer>();

  #known(at: Buffer): Buffer {
    if (at.length === 0) return at;
    return this.#given.get(lower(at)) ?? joinPath(this.#known(parentOf(at)), nameOf(at));
  }

  #give(at: Buffer): Buffer {
    const known = this.#known(at);
    this.#given.set(lower(at), known);
    return known;
  }

  override list(at: Buffer) {
    return super.list(this.#known(at));
  }

  override async inspect(at: Buffer, follow?: boolean) {
    return super.inspect(this.#known(at), follow);
  }

  override async read(at: Buffer, start: number, length: number) {
    return super.read(this.#known(at), start, length);
  }

  override async write(at: Buffer, ...rest: Tail<MemoryTree['write']>) {
    return super.write(this.#give(at), ...rest);
  }

  override async rename(from: Buffer, to: Buffer) {
    await super.rename(this.#known(from), this.#give(to));
    this.#given.delete(lower(from));
  }

  override async makeDirectory(at: Buffer) {
    return super.makeDirectory(this.#give(at));
  }

  override async setAttributes(at: Buffer, attributes: Parameters<MemoryTree['setAttributes']>[1]) {
    return super.setAttributes(this.#known(at), attributes);
  }

  override async remove(at: Buffer) {
    await super.remove(this.#known(at));
    this.#given.delete(lower(at));
  }
}

type Tail<F> = F extends (first: Buffer, ...rest: infer R) => unknown ? R : never;
const lower = (at: Buffer) => at.toString().toLowerCase();

describe('names that differ in case alone', () => {
  let source: MemoryTree;

  beforeEach(async () => {
    source = new MemoryTree();
    for (const directory of ['Images', 'images']) await source.makeDirectory(path(directory));
    for (const name of ['Images/a', 'images/b', 'Index.html', 'index.html', 'Ａ', 'ａ', 'other']) {
      await source.write(path(name), 0, path(`content of ${name}`), { create: true });
    }
  });

  it('are all kept where the target tells them apart', async () => {
    expect(await transfer(jobOf(source, new MemoryTree()))).toMatchObject({ moved: 9, unexplained: 0 });
  });

  it('and where it does not the first one moves, the second is left out with the reason', async () => {
    const target = new CaselessTree();
    const job = jobOf(source, target);
    expect(await transfer(job)).toMatchObject({ objects: 9, moved: 5, skipped: 4, unexplained: 0 });
    const ledger = await ledgerOf(job);
    const skipped = [...ledger].filter(([, line]) => line.outcome === 'skipped');
    expect(skipped.map(([name]) => name)).toEqual(['images', 'index.html', 'ａ', 'images/b']);
    for (const [, { why }] of skipped) expect(why).toContain('大文字と小文字');
    expect((await target.read(path('Index.html'), 0, 99)).content.toString()).toBe('content of Index.html');
    expect(await transfer(nextRun(job))).toMatchObject({ unchanged: 5, skipped: 4, unexplained: 0 });
  });
});
