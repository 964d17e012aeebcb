import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInputError } from '../functions/case/errors.ts';
import type { Ports } from '../functions/case/ports.ts';
import { receiveSurvey } from '../functions/case/receive-survey.ts';
import { normaliseReference } from '../functions/case/reference.ts';
import { largestSurveyBytes } from '../functions/case/survey-encoding.ts';

/** A file is taken when it has not changed for this long: it may still be being copied. Milliseconds. */
const settled = 1_000;

/**
 * What the upload folder of S3 is in the cloud: a report dropped as `<folder>/<reference>.csv` completes the survey. The
 * file is then renamed to `….received`, or to `….refused` with what is wrong, line by line, in a text file beside it. A
 * file that fails otherwise stays and keeps no other waiting; its error is thrown when the rest is done.
 */
export async function takeSurveys(ports: Ports, folder: string): Promise<number> {
  mkdirSync(folder, { recursive: true });
  let taken = 0;
  const failures: unknown[] = [];
  for (const file of readdirSync(folder)) {
    const caseId = file.endsWith('.csv') && normaliseReference(file.slice(0, -'.csv'.length));
    const path = join(folder, file);
    const changed = caseId && lstatSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (!changed || Date.now() - changed < settled) continue;
    taken += 1;
    await take(ports, caseId, path).catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
  return taken;
}

async function take(ports: Ports, caseId: string, path: string): Promise<void> {
  try {
    const found = lstatSync(path);
    // A link may lead anywhere, and whoever reads a pipe waits for ever.
    if (!found.isFile())
      return refuse(path, ['ファイルではありません。報告のCSVファイルそのものを置いてください。']);
    const tooLarge = found.size > largestSurveyBytes;
    const bytes = tooLarge ? new Uint8Array(largestSurveyBytes + 1) : readFileSync(path);
    const status = await receiveSurvey(ports, caseId, bytes, { by: 'folder', tell: true });
    if (status === 'done' || status === 'already') renameSync(path, `${path}.received`);
    else refuse(path, ['この受付番号の環境調査は、受け付けられる状態ではありません。']);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    refuse(
      path,
      Object.entries(error.fields).map(([line, sentence]) => `${line || '全体'}: ${sentence}`),
    );
  }
}

function refuse(path: string, lines: string[]): void {
  writeFileSync(`${path}.refused.txt`, `${lines.join('\n')}\n`);
  renameSync(path, `${path}.refused`);
}
