import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

interface Taken {
  objects: number;
  chunks: number;
  residentMegabytes: number;
}

function inventory(directories: number, entries: number): Taken {
  const script = join(import.meta.dirname, 'inventory-process.ts');
  const arguments_ = ['--max-old-space-size=128', script, String(directories), String(entries)];
  return JSON.parse(execFileSync(process.execPath, arguments_).toString()) as Taken;
}

describe('the memory of an inventory', () => {
  it('holds 200,000 entries of one directory', () => {
    const taken = inventory(1, 200_000);
    expect(taken).toMatchObject({ objects: 200_001, chunks: 201 });
    expect(taken.residentMegabytes).toBeLessThan(400);
  }, 120_000);

  it('does not grow with the number of objects', () => {
    const [few, many] = [inventory(10, 8000), inventory(40, 8000)];
    expect(many.objects).toBe(320_040);
    expect(many.residentMegabytes).toBeLessThan(few.residentMegabytes * 1.4);
  }, 120_000);
});
