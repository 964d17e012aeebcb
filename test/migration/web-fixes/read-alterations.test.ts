import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import type { Case } from '../../../functions/case/case.ts';
import { sampleSettings as settings } from '../../../functions/case/sample-settings.ts';
import type { Approval } from '../../../functions/case/web-fixes/approval.ts';
import { approvalKey } from '../../../functions/case/web-fixes/web-fixes.ts';
import { linesOf } from '../../../functions/migration/ndjson.ts';
import { editFile } from '../../../functions/migration/web/fixes/edit-file.ts';
import { readAlterations } from '../../../functions/migration/web/fixes/read-alterations.ts';
import { sampleCase, sampleSurvey, submitted } from '../../case/sample-case.ts';
import { MemoryObjects, MemoryVault } from '../memory-ports.ts';
import { contextOf, fileOf } from './scanned.ts';

const page = 'include("/home/kyu/a.php");\n';
const { request } = contextOf({ sourceRoot: '/home/kyu', targetRoot: '/var/www/shin' });
const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');
const after = editFile(fileOf('a.php', page), contextOf(request), ['old-path'])!.content;
const file = { path: './a.php', rules: ['old-path' as const], sha256: sha256(page), after: sha256(after) };
const objects = new MemoryObjects();

async function altered(approvals: Partial<Approval>[], changes: Partial<Case> = {}) {
  for (const [at, said] of approvals.entries()) {
    const whole: Approval = {
      ...{ scan: 1, by: 'e', at: '2026-12-01T00:00:00.000Z', request, files: [], withdrawn: [] },
      ...said,
    };
    await objects.put(approvalKey('HK-1', `${at}`), linesOf([whole]));
  }
  const finding = { item: 'x', location: '', severity: 'blocker' as const, remedy: '', hours: 1 };
  const c = sampleCase({
    id: 'HK-1',
    stage: 'migrating',
    survey: sampleSurvey(['web'], { findings: [{ ...finding, rule: 'old-path' }] }),
    forms: { 'formal-quote-review': submitted('formal-quote-review', { fixes: ['fix-1'] }) },
    webFixes: {
      ...{ scan: 1, request, status: 'done', by: 'e', startedAt: '' },
      approvals: approvals.map((_, at) => `${at}`),
    },
    ...changes,
  });
  const alterations = await readAlterations({ objects, vault: new MemoryVault(), settings }, c);
  const done = alterations?.alter(Buffer.from('a.php'), Buffer.from(page), 0o644);
  return done && 'content' in done ? done.content.toString() : done;
}

test('what is approved and ordered is done', async () => {
  expect(await altered([{ files: [file] }])).toBe(after.toString());
});

test('what is approved and was not ordered is not', async () => {
  const forms = { 'formal-quote-review': submitted('formal-quote-review', { fixes: [] }) };
  expect(await altered([{ files: [file] }], { forms })).toBeUndefined();
  expect(await altered([{ files: [file] }], { stage: 'surveying' })).toBeUndefined();
});

test('what was said last of a file counts', async () => {
  const withdrawn = { withdrawn: [{ path: './a.php' }] };
  expect(await altered([{ files: [file] }, withdrawn])).toBeUndefined();
  expect(await altered([{ files: [file] }, withdrawn, { files: [file] }])).toBe(after.toString());
  expect(await altered([])).toBeUndefined();
});
