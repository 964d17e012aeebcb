import type { FixRule } from '../../../case/web-fixes/rules.ts';
import type { Edit, Found, Rule, ScanContext } from './rule.ts';
import { databaseSettings } from './rules/database-settings.ts';
import { htaccess } from './rules/htaccess.ts';
import { phpConstructors, phpInterpolation } from './rules/php-classes.ts';
import { phpNames, phpSettings } from './rules/php-names.ts';
import { phpSyntax } from './rules/php-syntax.ts';
import { places } from './rules/places.ts';
import { interpreter, mailSender, sendmailPath } from './rules/programs.ts';
import { endOfLine, lineAt, longestFixedLine, type SourceFile } from './source-file.ts';

const rules: readonly Rule[] = [
  places,
  databaseSettings,
  htaccess,
  phpNames,
  phpSettings,
  phpSyntax,
  phpConstructors,
  phpInterpolation,
  interpreter,
  sendmailPath,
  mailSender,
];

/** One place of a file, with its line from 1. */
export interface Place {
  rule: FixRule;
  line: number;
  about?: string;
  edits?: readonly Edit[];
}

/** More of one rule in one file is told, but not place by place. */
export const mostPlacesOfRule = 50;

/**
 * What a move will break in one file (R9), in order of lines; `more` counts what is beyond the bounds. Pure: a fix is
 * found again the same way when it is applied.
 */
export function scanFile(
  file: SourceFile,
  context: ScanContext,
  most = mostPlacesOfRule,
): { places: Place[]; more: number } {
  const found: Place[] = [];
  const counts = new Map<FixRule, number>();
  let more = 0;
  for (const rule of rules) {
    for (const one of rule(file, context)) {
      const count = (counts.get(one.rule) ?? 0) + 1;
      counts.set(one.rule, count);
      if (count > most) more += 1;
      else found.push(placeOf(file, one));
    }
  }
  found.sort((a, b) => a.line - b.line);
  return { places: found, more };
}

/** A line that is too long to be looked at is not fixed by machine either. */
function placeOf(file: SourceFile, { rule, at, about, edits }: Found): Place {
  const line = lineAt(file.lines, at);
  const fixable =
    edits?.every(({ start, end }) => {
      const of = lineAt(file.lines, start);
      return end <= endOfLine(file, of) && endOfLine(file, of) - file.lines[of]! <= longestFixedLine;
    }) ?? false;
  return { rule, line: line + 1, ...(about && { about }), ...(fixable && edits && { edits }) };
}
