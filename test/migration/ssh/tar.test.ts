import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { endOfArchive, fileHeader, paddingAfter } from '../../../functions/migration/web/ssh/tar-header.ts';
import { type TarEntry, TarReader } from '../../../functions/migration/web/ssh/tar-reader.ts';

interface Read {
  entry: TarEntry;
  content: Buffer;
}

/** In pieces of `piece` bytes, as a stream would come. */
function readAll(archive: Buffer, piece = 1000, most = 100_000): Read[] {
  const found: Read[] = [];
  const reader = new TarReader((entry) => {
    const content = Buffer.alloc(entry.isFile ? Math.min(entry.size, most) : 0);
    found.push({ entry, content });
    return content;
  });
  for (let at = 0; at < archive.length; at += piece) reader.push(archive.subarray(at, at + piece));
  reader.end();
  return found;
}

function archiveOf(files: readonly { name: Buffer; content: Buffer; mode: number; mtime: number }[]): Buffer {
  const parts = files.flatMap(({ name, content, mode, mtime }) => [
    fileHeader(name, { size: content.length, mode, mtime }),
    content,
    Buffer.alloc(paddingAfter(content.length)),
  ]);
  return Buffer.concat([...parts, endOfArchive]);
}

const name = fc
  .uint8Array({ minLength: 1, maxLength: 300 })
  .map((bytes) => Buffer.from(bytes.map((byte) => byte || 1)));
const files = fc.array(
  fc.record({
    name,
    content: fc.uint8Array({ maxLength: 1500 }).map((bytes) => Buffer.from(bytes)),
    mode: fc.integer({ min: 0, max: 0o7777 }),
    mtime: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  }),
  { maxLength: 5 },
);
const pieces = fc.integer({ min: 1, max: 2000 });

describe('the tar stream', () => {
  it('reads what it writes, however it is cut', () => {
    fc.assert(
      fc.property(files, pieces, (written, piece) => {
        const read = readAll(archiveOf(written), piece);
        expect(
          read.map(({ entry, content }) => ({
            name: entry.name,
            content,
            mode: entry.mode,
            mtime: entry.mtime,
          })),
        ).toEqual(written);
      }),
      { numRuns: 200 },
    );
  });

  it('refuses every archive that was cut off', () => {
    fc.assert(
      fc.property(files, fc.nat(), (written, cut) => {
        const whole = archiveOf(written);
        // Of the two empty blocks at the end one is enough.
        const archive = whole.subarray(0, cut % (whole.length - 1023));
        expect(() => readAll(archive)).toThrow('truncated');
      }),
    );
  });

  it('with any byte changed either reads within its bounds or is refused', () => {
    fc.assert(
      fc.property(files, fc.nat(), fc.integer({ min: 1, max: 255 }), (written, place, change) => {
        const archive = archiveOf(written);
        archive[place % archive.length]! ^= change;
        try {
          for (const { entry } of readAll(archive)) expect(Number.isSafeInteger(entry.size)).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ name: 'TarProblem' });
        }
      }),
      { numRuns: 300 },
    );
  });

  it('of any bytes whatever is refused or empty', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
        try {
          expect(readAll(Buffer.from(bytes))).toEqual([]);
        } catch (error) {
          expect(error).toMatchObject({ name: 'TarProblem' });
        }
      }),
    );
  });

  it.each([
    ['a name of a megabyte', ['L', 1024 * 1024]],
    ['a pax header of a gigabyte', ['x', 2 ** 30]],
    ['a sparse file', ['S', 0]],
  ] as const)('refuses %s without taking memory for it', (_, [flag, size]) => {
    expect(() => readAll(Buffer.concat([withFlag(flag, size), Buffer.alloc(2048)]))).toThrow(
      expect.objectContaining({ name: 'TarProblem' }),
    );
  });

  it.each([
    'x',
    '5 path=x\n',
    '0 path=x\n',
    '99 path=x\n',
    '9 path=xx',
    '12 size=-5\n',
    '11 size=1e9\n',
    '22 GNU.sparse.major=1\n',
  ])('refuses the pax record %j', (record) => {
    const archive = Buffer.concat([
      withFlag('x', record.length),
      Buffer.from(record),
      Buffer.alloc(512 - record.length),
      archiveOf([{ name: Buffer.from('a'), content: Buffer.alloc(0), mode: 0, mtime: 0 }]),
    ]);
    expect(() => readAll(archive)).toThrow(expect.objectContaining({ name: 'TarProblem' }));
  });

  it('takes no more of a file than there is room for', () => {
    const content = Buffer.alloc(5000, 'c');
    const written = [1, 2].map((number) => ({ name: Buffer.from(`${number}`), content, mode: 0, mtime: 0 }));
    const read = readAll(archiveOf(written), 700, 1234);
    expect(read.map(({ entry, content: taken }) => [entry.size, taken.length])).toEqual([
      [5000, 1234],
      [5000, 1234],
    ]);
  });
});

describe('what real tars write', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tar-'));
    for (const at of ['a', 'x'.repeat(200)]) mkdirSync(join(folder, at));
    writeFileSync(join(folder, 'a', '日本語.txt'), 'こんにちは');
    writeFileSync(join(folder, 'x'.repeat(200), 'y'.repeat(200)), 'long');
    writeFileSync(join(folder, 'empty'), '', { mode: 0o600 });
    utimesSync(join(folder, 'empty'), 4_000_000_000, 4_000_000_000);
    symlinkSync('/etc/passwd', join(folder, 'link'));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(['gnu', 'pax', 'posix'])('is read: %s', (format) => {
    const read = readAll(execFileSync('tar', ['-C', folder, `--format=${format}`, '-cf', '-', '.']));
    const byName = new Map(read.map((one) => [one.entry.name.toString(), one]));
    const empty = byName.get('./empty')!.entry;
    expect(empty).toMatchObject({ isFile: true, size: 0, mode: 0o600, mtime: 4_000_000_000 });
    expect(byName.get('./a/日本語.txt')!.content.toString()).toBe('こんにちは');
    expect(byName.get('./a/日本語.txt')!.entry.mtime).toBe(
      Math.floor(statSync(join(folder, 'a', '日本語.txt')).mtimeMs / 1000),
    );
    expect(byName.get(`./${'x'.repeat(200)}/${'y'.repeat(200)}`)!.content.toString()).toBe('long');
    expect(byName.get('./link')!.entry.isFile).toBe(false);
    expect(byName.get('./a/')!.entry.isFile).toBe(false);
  });

  it('and ours is read by tar', () => {
    const target = join(folder, 'target');
    mkdirSync(target);
    const written = [
      { name: Buffer.from('short'), content: Buffer.from('one'), mode: 0o644, mtime: 86_400 },
      {
        name: Buffer.from('l'.repeat(250)),
        content: Buffer.alloc(1024, 'x'),
        mode: 0o4750,
        mtime: 4_000_000_000,
      },
    ];
    const stdio = ['pipe', 'ignore', 'ignore'] as const;
    execFileSync('tar', ['-C', target, '-xpf', '-'], { input: archiveOf(written), stdio: [...stdio] });
    for (const { name: at, content, mode, mtime } of written) {
      const found = statSync(join(target, at.toString()));
      expect([found.size, found.mode & 0o7777, found.mtimeMs / 1000]).toEqual([content.length, mode, mtime]);
    }
  });
});

function withFlag(flag: string, size: number): Buffer {
  const block = fileHeader(Buffer.from('x'), { size, mode: 0, mtime: 0 });
  block.write(flag, 156, 'latin1');
  block.write('        ', 148, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}
