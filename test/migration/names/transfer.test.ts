import { beforeEach, describe, expect, it } from '@jest/globals';
import { readForecast } from '../../../functions/migration/forecast.ts';
import { ObjectProblem } from '../../../functions/migration/object-problem.ts';
import { joinPath, parentOf } from '../../../functions/migration/position.ts';
import { MemoryTree } from '../../../functions/migration/web/memory-tree.ts';
import type { FileNames } from '../../../functions/migration/web/names/decide-names.ts';
import { encodeExactly, type OldEncoding } from '../../../functions/migration/web/names/encodings.ts';
import { jobOf, ledgerOf, nextRun, reportOf, type TestJob, transfer } from '../whole-transfer.ts';

const old = (text: string, encoding: OldEncoding = 'cp932') => encodeExactly(text, encoding)!;
const utf8 = (text: string) => Buffer.from(text);
const path = (...names: Buffer[]) => names.reduce((above, name) => joinPath(above, name));

let source: MemoryTree;
let target: MemoryTree;
let job: TestJob;

beforeEach(() => {
  source = new MemoryTree();
  target = new MemoryTree();
  job = jobOf(source, target);
});

async function put(tree: MemoryTree, at: Buffer, content = at.toString('hex'), mtime = 1_000_000_000) {
  for (let end = at.indexOf(0x2f); end >= 0; end = at.indexOf(0x2f, end + 1)) {
    await tree.makeDirectory(at.subarray(0, end)).catch(() => undefined);
  }
  await tree.remove(at).catch(() => undefined);
  await tree.write(at, 0, Buffer.from(content), { create: true, attributes: { mode: 0o644, mtime } });
}

async function allOf(tree: MemoryTree, directory: Buffer = Buffer.alloc(0)): Promise<string[]> {
  const found: string[] = [];
  for await (const batch of tree.list(directory)) {
    for (const { name, attributes } of batch) {
      const at = joinPath(directory, name);
      found.push(at.toString('latin1'));
      if (attributes.kind === 'directory') found.push(...(await allOf(tree, at)));
    }
  }
  return found.sort();
}

const latin1 = (...paths: Buffer[]) => paths.map((one) => one.toString('latin1')).sort();

describe.each(['cp932', 'euc-jp'] as const)('a site whose names are %s', (encoding) => {
  const japanese = (text: string) => old(text, encoding);
  const photo = path(japanese('写真'), utf8('a'), japanese('表紙.jpg'));

  beforeEach(async () => {
    await put(source, photo);
    await put(source, utf8('index.html'));
    await put(source, japanese('会社案内.html'));
    await source.makeLink(japanese('表紙'), path(utf8('.'), photo));
  });

  it('arrives in UTF-8, links too; ledger, records and summary say so', async () => {
    expect(await transfer(job)).toMatchObject({ objects: 6, moved: 1, altered: 5, unexplained: 0 });
    expect(await allOf(target)).toEqual(
      latin1(...['index.html', '写真', '写真/a', '写真/a/表紙.jpg', '会社案内.html', '表紙'].map(utf8)),
    );
    expect((await target.readLink(utf8('表紙'))).toString()).toBe('./写真/a/表紙.jpg');
    expect((await ledgerOf(job)).get(photo.toString('latin1'))).toMatchObject({
      pathBase64: photo.toString('base64'),
      targetPath: './写真/a/表紙.jpg',
      outcome: 'altered',
      how: '名前の文字コードを UTF-8 に変換',
    });
    expect((await ledgerOf(job)).get(parentOf(photo).toString('latin1'))!.how).toContain('上位フォルダ');
    const name = encoding === 'cp932' ? 'CP932' : 'EUC-JP';
    expect((await readForecast(job.objects, job))!.remarks.join()).toContain(name);
    const summary = JSON.parse(job.objects.stored.get('temporary/HK-1/web/1/summary.json')!.toString());
    expect(summary.remarks.join()).toContain(name);
  });

  it('a second run follows the same mapping, moves what changed, and reports what is at the target only', async () => {
    await transfer(job);
    await put(source, photo, 'changed', 1_000_000_009);
    await source.remove(japanese('会社案内.html'));
    await put(target, path(utf8('写真'), utf8('新規.jpg')));
    await put(target, japanese('移行先だけ'));
    const second = nextRun(job);
    expect(await transfer(second)).toMatchObject({ objects: 5, altered: 1, unchanged: 4, unexplained: 0 });
    expect((await target.read(utf8('写真/a/表紙.jpg'), 0, 99)).content.toString()).toBe('changed');
    const only = (await reportOf(second)).filter((line) => line.result === 'only-in-target');
    expect(only.map((line) => line.path ?? line.pathBase64).sort()).toEqual(
      ['./会社案内.html', './写真/新規.jpg', japanese('移行先だけ').toString('base64')].sort(),
    );
    expect(await transfer(nextRun(second))).toMatchObject({ moved: 0, altered: 0, unchanged: 5 });
  });

  it('what is altered or lost at the target is found under its new name, and repaired', async () => {
    const { remove } = target;
    await transfer(job);
    await remove.call(target, utf8('写真/a/表紙.jpg'));
    const second = nextRun(job);
    expect(await transfer(second)).toMatchObject({ unchanged: 5, unexplained: 1 });
    expect((await reportOf(second))[0]).toMatchObject({ result: 'missing', targetPath: './写真/a/表紙.jpg' });
    expect(await transfer(second)).toMatchObject({ unchanged: 5, altered: 1, unexplained: 0 });
  });

  it('keeps its bytes where that was asked for, and when that is asked for later', async () => {
    expect(await transfer({ ...job, fileNames: 'keep' })).toMatchObject({ moved: 6, unexplained: 0 });
    expect(await allOf(target)).toEqual(await allOf(source));
    const second = { ...nextRun(job), fileNames: encoding as FileNames };
    expect(await transfer(second)).toMatchObject({ altered: 5, unchanged: 1, unexplained: 0 });
    expect((await target.read(utf8('写真/a/表紙.jpg'), 0, 99)).content.toString()).toBe(
      photo.toString('hex'),
    );
    // Those of the first run stay, and are reported; of a directory, the directory alone.
    const only = (await reportOf(second)).filter((line) => line.result === 'only-in-target');
    expect(only.map((line) => line.pathBase64).sort()).toEqual(
      ['写真', '会社案内.html', '表紙'].map((text) => japanese(text).toString('base64')).sort(),
    );
  });
});

describe('names that conversion makes difficult', () => {
  it('two that would be one are both there, the old one with its bytes', async () => {
    const [one, other] = [old('表.html'), utf8('表.html')];
    for (const name of [one, other, old('写真'), old('地図')]) await put(source, name);
    expect(await transfer(job)).toMatchObject({ objects: 4, moved: 2, altered: 2, unexplained: 0 });
    for (const name of [one, other]) {
      expect((await target.read(name, 0, 99)).content.toString()).toBe(name.toString('hex'));
    }
    expect(await transfer(nextRun(job))).toMatchObject({ unchanged: 4, unexplained: 0 });
  });

  it('too long in UTF-8: left out with the reason, and what is below as well', async () => {
    const long = old('あ'.repeat(100));
    await put(source, path(long, old('表')));
    expect(await transfer(job)).toMatchObject({ objects: 2, skipped: 2, unexplained: 0 });
    for (const line of (await ledgerOf(job)).values()) expect(line.why).toContain('255バイト');
    expect(await allOf(target)).toEqual([]);
  });

  it('that the target refuses are left out with the reason, and are tried again', async () => {
    const refusing = (name: Buffer) => name.includes(utf8('?'));
    target.rename = async (from, to) => {
      if (refusing(to)) throw new ObjectProblem('failed', 'rename');
      return MemoryTree.prototype.rename.call(target, from, to);
    };
    target.makeDirectory = async (at) => {
      if (refusing(at)) throw new ObjectProblem('failed', 'mkdir');
      return MemoryTree.prototype.makeDirectory.call(target, at);
    };
    for (const name of ['page?id=1', 'd?/x', 'good']) await put(source, utf8(name));
    expect(await transfer(job)).toMatchObject({ objects: 4, moved: 1, skipped: 3, unexplained: 0 });
    const ledger = await ledgerOf(job);
    expect(ledger.get('page?id=1')!.why).toContain('移行先で使えません');
    expect(ledger.get('d?')!.why).toContain('作成できません');
    expect(ledger.get('d?/x')!.why).toContain('作成できません');
    expect(await allOf(target)).toEqual(['good']);
    const second = nextRun(job);
    target.rename = MemoryTree.prototype.rename;
    target.makeDirectory = MemoryTree.prototype.makeDirectory;
    expect(await transfer(second)).toMatchObject({ moved: 3, unchanged: 1, unexplained: 0 });
  });

  it('not convertible among many that are: kept, in a directory that is converted', async () => {
    const broken = Buffer.concat([old('表'), Buffer.of(0x81)]);
    for (let at = 0; at < 30; at += 1) await put(source, path(old('写真'), old(`表${at}`)));
    await put(source, path(old('写真'), broken));
    expect(await transfer(job)).toMatchObject({ objects: 32, altered: 32, unexplained: 0 });
    const line = (await ledgerOf(job)).get(path(old('写真'), broken).toString('latin1'))!;
    expect(line.targetPathBase64).toBe(path(utf8('写真'), broken).toString('base64'));
    expect((await target.read(path(utf8('写真'), broken), 0, 99)).content.length).toBeGreaterThan(0);
  });
});

/** A file system that, like Macs', takes composed and decomposed names for one. */
class FoldingTree extends MemoryTree {
  override async inspect(at: Buffer, follow?: boolean) {
    return super.inspect(fold(at), follow);
  }

  override async write(at: Buffer, ...rest: Tail<MemoryTree['write']>) {
    return super.write(fold(at), ...rest);
  }

  override async rename(from: Buffer, to: Buffer) {
    return super.rename(fold(from), fold(to));
  }

  override async remove(at: Buffer) {
    return super.remove(fold(at));
  }
}

type Tail<F> = F extends (first: Buffer, ...rest: infer R) => unknown ? R : never;
const fold = (name: Buffer) => Buffer.from(name.toString().normalize('NFC'));

describe('names in two forms', () => {
  const [composed, decomposed] = [utf8('ガ.txt'), utf8('ガ.txt'.normalize('NFD'))];

  beforeEach(async () => {
    await put(source, composed);
    await put(source, decomposed);
  });

  it('are both kept where the target can', async () => {
    expect(await transfer(job)).toMatchObject({ moved: 2, unexplained: 0 });
    expect(await allOf(target)).toEqual(latin1(composed, decomposed));
    expect((await readForecast(job.objects, job))!.remarks.join()).toContain('NFD');
  });

  it('and reported where it cannot: the composed one moves', async () => {
    const folding = new FoldingTree();
    const folded = jobOf(source, folding);
    expect(await transfer(folded)).toMatchObject({ moved: 1, skipped: 1, unexplained: 0 });
    expect((await folding.read(composed, 0, 99)).content.toString()).toBe(composed.toString('hex'));
    expect((await ledgerOf(folded)).get(decomposed.toString())!.why).toContain('区別できません');
  });
});
