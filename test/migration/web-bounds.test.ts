import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

interface Done {
  objects: number;
  unexplained?: number;
  residentMegabytes: number;
}

function run(work: 'inventory' | 'transfer', directories: number, entries: number): Done {
  const script = join(import.meta.dirname, 'numbered-process.ts');
  // A small nursery: what the collector has not got round to yet is not what is measured.
  const limits = ['--max-old-space-size=128', '--max-semi-space-size=4'];
  const arguments_ = [...limits, script, work, String(directories), String(entries)];
  return JSON.parse(execFileSync(process.execPath, arguments_).toString()) as Done;
}

/** 1,000,000 objects, by hand (`node test/migration/numbered-process.ts transfer 125 8000`): see there. */
describe('the memory', () => {
  it('of an inventory holds 200,000 entries of one directory', () => {
    const taken = run('inventory', 1, 200_000);
    expect(taken.objects).toBe(200_001);
    expect(taken.residentMegabytes).toBeLessThan(400);
  });

  it('of an inventory does not grow with the number of objects', () => {
    const [few, many] = [run('inventory', 10, 8000), run('inventory', 40, 8000)];
    expect(many.objects).toBe(320_040);
    expect(many.residentMegabytes).toBeLessThan(few.residentMegabytes * 1.4);
  });

  it('of a whole transfer does not, either', () => {
    const [few, many] = [run('transfer', 4, 3000), run('transfer', 12, 3000)];
    expect(many).toMatchObject({ objects: 36_012, unexplained: 0 });
    expect(many.residentMegabytes).toBeLessThan(few.residentMegabytes * 1.4);
  });
});
