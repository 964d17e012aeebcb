import { posix } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkRelative, refuseName } from '../../functions/migration/names.ts';
import { ObjectProblem } from '../../functions/migration/object-problem.ts';
import { joinPath } from '../../functions/migration/position.ts';
import type { Attributes, Entry, WriteOptions } from '../../functions/migration/web/file-tree.ts';
import { planLink } from '../../functions/migration/web/links.ts';
import { MemoryTree } from '../../functions/migration/web/memory-tree.ts';
import { jobOf, ledgerOf, transfer } from './whole-transfer.ts';

const root = '/home/taro/www';

/** Pieces from which names are made that want out, break a terminal, or are read as another encoding. */
const piece = fc.constantFrom(
  ...['..', '.', '/', '\\', '\0', '\n', '\x1b[2J', '\x7f', '~', '$(x)', '-rf', '%2e%2e%2f', '%00'],
  ...['．．', '／', '∕', '‮', 'a', 'b', ' '],
);
const bytes = fc.oneof(
  fc.array(piece, { maxLength: 4 }).map((pieces) => Buffer.from(pieces.join(''))),
  fc.uint8Array({ maxLength: 6 }).map((one) => Buffer.from(one)),
  // Overlong UTF-8 for `/` and `..`, and a backslash and a slash as the second byte of CP932.
  fc.constantFrom(
    Buffer.of(0xc0, 0xaf),
    Buffer.of(0xc0, 0xae, 0xc0, 0xae),
    Buffer.of(0x95, 0x5c),
    Buffer.of(0x81, 0x2f),
  ),
);

describe('a name that passes', () => {
  it('is one step below where it stands, and nothing else', () => {
    fc.assert(
      fc.property(bytes, (name) => {
        if (refuseName(name) !== undefined) return;
        const text = name.toString('latin1');
        expect(posix.resolve(root, text)).toBe(`${root}/${text}`);
        expect([...name].every((byte) => byte >= 0x20 && byte !== 0x7f)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('is what every path that reaches a server is made of', () => {
    fc.assert(
      fc.property(fc.array(bytes, { minLength: 1, maxLength: 4 }), (names) => {
        const path = Buffer.from(names.map((name) => name.toString('latin1')).join('/'), 'latin1');
        const allowed = path
          .toString('latin1')
          .split('/')
          .every((name) => refuseName(Buffer.from(name, 'latin1')) === undefined);
        if (allowed || path.length === 0) checkRelative(path);
        else expect(() => checkRelative(path)).toThrow(ObjectProblem);
        if (allowed) expect(posix.resolve(root, path.toString('latin1')).startsWith(`${root}/`)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

/** A source whose listings hold what it likes. */
class LyingTree extends MemoryTree {
  readonly entries: readonly Entry[];

  constructor(entries: readonly Entry[]) {
    super();
    this.entries = entries;
  }

  override async *list(directory: Buffer): AsyncIterable<readonly Entry[]> {
    yield directory.length === 0 ? this.entries : [];
  }

  override async inspect(path: Buffer): Promise<Attributes> {
    const found = this.entries.find(({ name }) => name.equals(path));
    if (!found) throw new ObjectProblem('missing', 'inspect');
    return found.attributes;
  }

  override async read(path: Buffer) {
    const before = await this.inspect(path);
    return { before, after: before, content: Buffer.from('x') };
  }

  override async readLink(path: Buffer): Promise<Buffer> {
    return path;
  }
}

/** A target that notes every path that it is spoken to with. */
class NotingTree extends MemoryTree {
  readonly paths: Buffer[] = [];

  override async write(path: Buffer, start: number, content: Buffer, options: WriteOptions): Promise<void> {
    this.paths.push(path);
    return super.write(path, start, content, options);
  }

  override async rename(from: Buffer, to: Buffer): Promise<void> {
    this.paths.push(from, to);
    return super.rename(from, to);
  }

  override async makeDirectory(path: Buffer): Promise<void> {
    this.paths.push(path);
    return super.makeDirectory(path);
  }

  override async makeLink(path: Buffer, target: Buffer): Promise<void> {
    this.paths.push(path);
    return super.makeLink(path, target);
  }
}

const entry = fc.record({
  name: bytes,
  attributes: fc
    .constantFrom<Attributes['kind']>('file', 'directory', 'symlink', 'other')
    .map((kind) => ({ kind, size: kind === 'file' ? 1 : 0, mode: 0o755, mtime: 1000 })),
});

describe('a source that lists names of all sorts', () => {
  it('gets nothing written outside, and every name into the ledger', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 8 }), async (entries) => {
        const target = new NotingTree();
        const job = jobOf(new LyingTree(entries), target);
        expect(await transfer(job)).toMatchObject({ unexplained: 0 });
        for (const path of target.paths) {
          checkRelative(path);
          expect(posix.resolve(root, path.toString('latin1')).startsWith(`${root}/`)).toBe(true);
        }
        const ledger = await ledgerOf(job);
        const good = entries.filter(({ name }) => refuseName(name) === undefined);
        for (const { name } of good)
          expect([...ledger.values()].some((line) => isNamed(line, name))).toBe(true);
        expect([...ledger.values()].some((line) => line.outcome === undefined)).toBe(false);
      }),
      { numRuns: 150 },
    );
  });
});

function isNamed(line: { path?: string; pathBase64?: string }, name: Buffer): boolean {
  return line.pathBase64 === undefined
    ? line.path === `./${name}`
    : Buffer.from(line.pathBase64, 'base64').equals(name);
}

describe('links', () => {
  const step = fc.constantFrom('..', '.', '', 'a', 'b', 'c', 'd');
  const target = fc.oneof(
    fc.array(step, { maxLength: 5 }).map((steps) => steps.join('/')),
    fc.array(step, { maxLength: 5 }).map((steps) => `${root}/${steps.join('/')}`),
    fc.constantFrom('/etc/passwd', '/', `${root}x/y`, '~root', 'x\ny'),
  );

  it('that are copied lead below the root from where they stand', () => {
    const path = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(path, target, (names, text) => {
        const plan = planLink(Buffer.from(names.join('/')), Buffer.from(text), [Buffer.from(root)]);
        if ('skip' in plan) return;
        expect(plan.copy[0]).not.toBe(0x2f);
        const leads = posix.resolve(root, ...names.slice(0, -1), plan.copy.toString());
        expect(leads === root || leads.startsWith(`${root}/`)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  /** Links among directories that are links: the text alone does not say where one leads. */
  it('that are copied lead nowhere outside, however they lead through each other', async () => {
    const links = fc.uniqueArray(
      fc.record({ at: fc.constantFrom('a', 'b', 'c', 'd', 'e/a', 'e/b', 'e/f/a', 'e/f/b'), target }),
      { maxLength: 8, selector: ({ at }) => at },
    );
    let copied = 0;
    await fc.assert(
      fc.asyncProperty(links, async (planted) => {
        const [source, there] = [new MemoryTree(), new MemoryTree()];
        for (const directory of ['e', 'e/f']) await source.makeDirectory(Buffer.from(directory));
        for (const link of planted) {
          await source.makeLink(Buffer.from(link.at), Buffer.from(link.target.replaceAll(root, '/memory')));
        }
        expect(await transfer(jobOf(source, there))).toMatchObject({ unexplained: 0 });
        for (const { at } of planted) copied += (await leadsInside(there, at)) ? 1 : 0;
      }),
      { numRuns: 200 },
    );
    expect(copied).toBeGreaterThan(50);
  });

  it('climb only out of directories: a/.. is left out where a is a link', async () => {
    const source = new MemoryTree();
    await source.makeDirectory(Buffer.from('real'));
    await source.makeLink(Buffer.from('a'), Buffer.from('.'));
    await source.makeLink(Buffer.from('out'), Buffer.from('a/../secret'));
    await source.makeLink(Buffer.from('in'), Buffer.from('real/../a'));
    await source.makeLink(Buffer.from('absolute'), Buffer.from('/memory/a/../secret'));
    const job = jobOf(source, new MemoryTree());
    await transfer(job);
    const outcomes = [...(await ledgerOf(job))].map(([name, line]) => [name, line.outcome]);
    expect(Object.fromEntries(outcomes)).toEqual({
      ...{ real: 'moved', a: 'moved', in: 'moved' },
      ...{ out: 'skipped', absolute: 'skipped' },
    });
  });
});

/** Goes where a link leads as an operating system would. False when it is not there; fails when it leads out. */
async function leadsInside(tree: MemoryTree, link: string): Promise<boolean> {
  const pending = link.split('/');
  let at: Buffer = Buffer.alloc(0);
  for (let steps = 0; pending.length > 0 && steps < 200; steps += 1) {
    const name = pending.shift()!;
    if (name === '' || name === '.') continue;
    if (name === '..') {
      expect(at.length).toBeGreaterThan(0);
      at = at.subarray(0, Math.max(0, at.lastIndexOf(0x2f)));
      continue;
    }
    const path = joinPath(at, Buffer.from(name));
    const found = await tree.inspect(path).catch(() => undefined);
    if (!found) return steps > 0;
    if (found.kind !== 'symlink') {
      at = path;
      continue;
    }
    const text = (await tree.readLink(path)).toString();
    expect(text.startsWith('/')).toBe(false);
    pending.unshift(...text.split('/'));
  }
  return true;
}

describe('links that stand at the target', () => {
  it('are not written through, wherever they stand', async () => {
    const paths = ['a', 'a/b', 'a/b/c', 'a/x', 'a/b/x', 'a/b/c/x', 'x'];
    await fc.assert(
      fc.asyncProperty(
        fc.subarray(paths),
        fc.constantFrom('elsewhere', 'elsewhere/aim', 'nowhere'),
        async (planted, to) => {
          const [source, target] = [new MemoryTree(), new MemoryTree()];
          for (const directory of ['a', 'a/b', 'a/b/c']) await source.makeDirectory(Buffer.from(directory));
          for (const file of ['x', 'a/x', 'a/b/x', 'a/b/c/x']) {
            await source.write(Buffer.from(file), 0, Buffer.from(file), { create: true });
          }
          await target.makeDirectory(Buffer.from('elsewhere'));
          await target.write(Buffer.from('elsewhere/aim'), 0, Buffer.from('aim'), { create: true });
          for (const at of planted) {
            const parent = at.split('/').slice(0, -1).join('/');
            const ready = await target.inspect(Buffer.from(parent)).catch(() => undefined);
            if (!ready) await source.inspect(Buffer.from(parent)).then(() => make(target, parent));
            await target.makeLink(Buffer.from(at), Buffer.from(to)).catch(() => undefined);
          }
          expect(await transfer(jobOf(source, target))).toMatchObject({ unexplained: 0 });
          const inside: string[] = [];
          for await (const batch of target.list(Buffer.from('elsewhere'))) {
            inside.push(...batch.map(({ name }) => name.toString()));
          }
          expect(inside).toEqual(['aim']);
          expect((await target.read(Buffer.from('elsewhere/aim'), 0, 9)).content.toString()).toBe('aim');
        },
      ),
      { numRuns: 60 },
    );
  });
});

async function make(tree: MemoryTree, directory: string): Promise<void> {
  let at = '';
  for (const name of directory.split('/')) {
    at = at === '' ? name : `${at}/${name}`;
    await tree.makeDirectory(Buffer.from(at)).catch(() => undefined);
  }
}
