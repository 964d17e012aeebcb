import { sampleSettings } from '../../../functions/case/sample-settings.ts';
import { type ScanRequest, scanRequest } from '../../../functions/case/web-fixes/request.ts';
import type { FixRule } from '../../../functions/case/web-fixes/rules.ts';
import { editFile } from '../../../functions/migration/web/fixes/edit-file.ts';
import type { ScanContext } from '../../../functions/migration/web/fixes/rule.ts';
import { scanFile } from '../../../functions/migration/web/fixes/scan-file.ts';
import { type SourceFile, sourceFile } from '../../../functions/migration/web/fixes/source-file.ts';

export function contextOf(request: Partial<ScanRequest> = {}): ScanContext {
  return {
    request: scanRequest.parse({ phpFrom: '5.2', phpTo: '8.2', ...request }),
    target: sampleSettings.targets.managed.web,
  };
}

export function fileOf(path: string, content: string | Buffer): SourceFile {
  const file = sourceFile(Buffer.from(path), Buffer.from(content), 0o644);
  if (!file) throw new Error(`${path} is not looked at`);
  return file;
}

/** `line about` of every place that a rule finds. */
export function found(
  rule: FixRule,
  path: string,
  content: string | Buffer,
  request: Partial<ScanRequest> = {},
): string[] {
  return scanFile(fileOf(path, content), contextOf(request))
    .places.filter((place) => place.rule === rule)
    .map(({ line, about }) => (about === undefined ? `${line}` : `${line} ${about}`));
}

/** The file with the fixes of a rule, or undefined when nothing is replaced. */
export function fixed(
  rules: FixRule | readonly FixRule[],
  path: string,
  content: string | Buffer,
  request: Partial<ScanRequest> = {},
): string | undefined {
  const list = typeof rules === 'string' ? [rules] : rules;
  return editFile(fileOf(path, content), contextOf(request), list)?.content.toString('latin1');
}
