import { createHash } from 'node:crypto';
import type { TargetWeb } from '../../../case/settings.ts';
import type { ApprovedFile } from '../../../case/web-fixes/approval.ts';
import type { ScanRequest } from '../../../case/web-fixes/request.ts';
import { fixRules } from '../../../case/web-fixes/rules.ts';
import { type Fixed, type ObjectLine, pathOf } from '../../object-line.ts';
import { editFile } from './edit-file.ts';
import type { Edit } from './rule.ts';
import { sourceFile } from './source-file.ts';

/** A file as it goes to the target, and in which fix it differs; or why an approved fix is not in it. */
export type Altered = { content: Buffer; how: string; after: string } | { notFixed: string };

export interface ApprovedFix extends Omit<ApprovedFile, 'path' | 'pathBase64'> {
  request: ScanRequest;
  by: string;
}

/** The fixes that are approved, by path (latin1): what is done to staged files on their way to the target (R9). */
export class Alterations {
  readonly #fixes: ReadonlyMap<string, ApprovedFix>;
  readonly #target: TargetWeb;
  readonly #passwords: ReadonlyMap<string, string>;

  /** `passwords`: of the new databases by name, from the vault. */
  constructor(
    fixes: ReadonlyMap<string, ApprovedFix>,
    target: TargetWeb,
    passwords: ReadonlyMap<string, string>,
  ) {
    this.#fixes = fixes;
    this.#target = target;
    this.#passwords = passwords;
  }

  /**
   * The file with the approved fixes in it, for `content` as it was read from the source. Undefined when none is approved
   * for it. Nothing else is done than what was shown: a file that has changed since then stays as it is.
   */
  alter(path: Buffer, content: Buffer, mode: number): Altered | undefined {
    const fix = this.#fixes.get(path.toString('latin1'));
    if (!fix) return undefined;
    if (sha256(content) !== fix.sha256) return { notFixed: changedSince };
    const file = sourceFile(path, content, mode);
    const context = { request: fix.request, target: this.#target };
    const shown = file && editFile(file, context, fix.rules);
    if (!file || !shown || sha256(shown.content) !== fix.after)
      return { notFixed: '承認された差分と一致しないため、修正せずに移しました' };
    const secret = shown.edits.some((edit) => edit.secret);
    const password = this.#passwords.get(fix.request.databaseName ?? '');
    if (secret && password === undefined)
      return { notFixed: '新しいデータベースのパスワードがないため、修正せずに移しました' };
    const edited = secret
      ? editFile(file, context, fix.rules, (form) => written(password ?? '', form))
      : shown;
    if (!edited) return { notFixed: '修正を適用できませんでした' };
    const names = edited.rules.map((rule) => fixRules[rule].title).join('・');
    return { content: edited.content, how: `修正を適用（${names}）`, after: fix.after };
  }

  /** Of a file that has become too large for any fix: it was small when one was approved. */
  missed(path: Buffer): { notFixed?: string } {
    return this.#fixes.has(path.toString('latin1')) ? { notFixed: changedSince } : {};
  }

  /**
   * Whether what the run before delivered differs from what is approved now: then the file is read again. Where the fix
   * does not fit it, that is told again.
   */
  isPending(known: ObjectLine): boolean {
    // Somebody works on it at the target already: that stays.
    if (known.kind !== 'file' || known.verified === 'kept') return false;
    return known.fixed?.after !== this.#fixes.get(pathOf(known).toString('latin1'))?.after;
  }
}

/** A password as a file of this form has to hold it, in latin1 of its bytes. */
function written(secret: string, form: NonNullable<Edit['secret']>): string {
  const password = Buffer.from(secret).toString('latin1');
  if (form === 'php') return `'${password.replace(/[\\']/g, (sign) => `\\${sign}`)}'`;
  return /^[A-Za-z0-9._~+/-]*$/.test(password)
    ? password
    : `"${password.replace(/[\\"$`]/g, (sign) => `\\${sign}`)}"`;
}

export const changedAtTarget = '移行後に移行先で変更されたため、修正せずにそのまま残しました';
const changedSince = '修正の承認後に移行元で変更されたため、修正せずに移しました';

/** What is delivered of a file, and what its line of the ledger says of that. */
export function withFix(
  { alterations }: { alterations?: Alterations },
  path: Buffer,
  read: Buffer,
  mode: number,
): { content: Buffer; fixed?: Fixed; notFixed?: string } {
  const altered = alterations?.alter(path, read, mode);
  if (!altered) return { content: read };
  if ('notFixed' in altered) return { content: read, notFixed: altered.notFixed };
  const { content, after, how } = altered;
  return { content, fixed: { size: content.length, sha256: sha256(content), after, how } };
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
