import type { Settings } from '../../../case/settings.ts';
import { bySeverity, fixHours } from '../../../case/web-fixes/effort.ts';
import type { FixRule } from '../../../case/web-fixes/rules.ts';
import { findingsKey, type ScanResult } from '../../../case/web-fixes/web-fixes.ts';
import { linesOf, writeJson } from '../../ndjson.ts';
import { pathOf } from '../../object-line.ts';
import { comparePositions } from '../../position.ts';
import { stagePack, unstagePack } from '../../staging.ts';
import type { FixableFile, ShownFinding } from './finding.ts';
import * as keys from './keys.ts';
import type { KeptFile, ScanOf, ScanState } from './scan-writer.ts';

/** Findings on one page of the report. */
export const pageFindings = 100;

/**
 * The report of a scan that is through: gravest first, then by file and line. Facts go to the records; with the lines
 * that they are about they are sealed, a page each. Doing it again writes the same. Memory: the findings, which are bounded.
 */
export async function concludeScan(
  of: ScanOf,
  state: ScanState,
  settings: Pick<Settings, 'webFixes'>,
): Promise<ScanResult> {
  const { caseId, scan, objects, dataKey } = of;
  const findings: ShownFinding[] = [];
  for (const key of state.parts) {
    const part = await unstagePack<ShownFinding[]>(objects, dataKey, key);
    findings.push(...(part?.header ?? []));
  }
  findings.sort((a, b) => bySeverity(a, b) || comparePositions(pathOf(a), pathOf(b)) || a.line - b.line);
  for (let page = 0; page * pageFindings < findings.length; page += 1) {
    const header = findings.slice(page * pageFindings, (page + 1) * pageFindings);
    await stagePack(objects, dataKey, keys.shownPage(caseId, scan, page), { header, contents: [] });
  }
  const fixable: FixableFile[] = [];
  for (const pack of state.packs) {
    const kept = await unstagePack<KeptFile[]>(objects, dataKey, pack);
    fixable.push(...(kept?.header ?? []).map((file, at) => ({ ...file, pack, at })));
  }
  await objects.put(keys.fixableFiles(caseId, scan), linesOf(fixable));
  const facts = findings.map(({ excerpt: _, ...fact }) => fact);
  await objects.put(findingsKey(caseId, scan), linesOf(facts));
  const { files, read, leftOut, leftOutFirst = [], cutShort } = state;
  const groups = Object.entries(state.groups) as [FixRule, NonNullable<ScanState['groups'][FixRule]>][];
  const result: ScanResult = {
    files,
    read,
    findings: findings.length,
    leftOut,
    leftOutFirst,
    cutShort,
    rules: settings.webFixes.version,
    groups: groups
      .map(([rule, group]) => ({
        rule,
        severity: settings.webFixes.rules[rule].severity,
        ...group,
        hours: fixHours(rule, group.places, settings),
      }))
      .sort(bySeverity),
  };
  await writeJson(objects, keys.scanResult(caseId, scan), result);
  return result;
}
