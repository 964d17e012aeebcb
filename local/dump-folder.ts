import { createReadStream, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { dumpName } from '../functions/case/database-access.ts';
import type { Ports } from '../functions/case/ports.ts';
import { normaliseReference } from '../functions/case/reference.ts';

/** A file is taken when it has not changed for this long: it may still be being copied. Milliseconds. */
const settled = 5_000;

/**
 * What the upload prefix of S3 is in the cloud: a database's dump dropped as `<folder>/<reference>/<name>` goes to the
 * case's copies, under the name that the migration details then give, and leaves the folder: erasure then finds all of it (R24).
 */
export async function takeDumps(ports: Ports, folder: string): Promise<number> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let taken = 0;
  for (const name of readdirSync(folder)) {
    const caseId = normaliseReference(name);
    const directory = join(folder, name);
    if (!caseId || !lstatSync(directory).isDirectory()) continue;
    for (const file of readdirSync(directory)) {
      const path = join(directory, file);
      const found = lstatSync(path);
      if (!dumpName.safeParse(file).success || !found.isFile()) continue;
      if (Date.now() - found.mtimeMs < settled || !(await ports.records.load(caseId))) continue;
      await ports.objects.put(`temporary/${caseId}/uploads/${file}`, createReadStream(path));
      rmSync(path);
      taken += 1;
    }
  }
  return taken;
}
