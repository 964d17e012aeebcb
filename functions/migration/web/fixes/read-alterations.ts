import type { Case } from '../../../case/case.ts';
import { targetDatabaseAccess } from '../../../case/database-access.ts';
import type { Objects, Ports, Vault } from '../../../case/ports.ts';
import { type Approval, approval, type NamedFile } from '../../../case/web-fixes/approval.ts';
import { orderedRules } from '../../../case/web-fixes/ordered.ts';
import { approvalKey } from '../../../case/web-fixes/web-fixes.ts';
import { madePassword } from '../../database/create-target.ts';
import { madeName } from '../../database/made-databases.ts';
import { readJson } from '../../ndjson.ts';
import { pathOf } from '../../object-line.ts';
import { Alterations, type ApprovedFix } from './alterations.ts';

/** The fixes that count for a case now; undefined when none was ever approved. */
export async function readAlterations(
  { objects, vault, settings }: Pick<Ports, 'objects' | 'vault' | 'settings'>,
  c: Case,
): Promise<Alterations | undefined> {
  if (!c.webFixes || c.webFixes.approvals.length === 0) return undefined;
  const ordered = orderedRules(c);
  const fixes = await approvedFixes(objects, c);
  for (const [path, fix] of fixes) {
    // What is approved was ordered then; an order does not change (R33), but neither is that taken on trust.
    if (!fix.rules.every((rule) => ordered.includes(rule))) fixes.delete(path);
  }
  const passwords = new Map<string, string>();
  for (const name of new Set([...fixes.values()].flatMap(({ request }) => request.databaseName ?? []))) {
    const password = await newPassword(vault, c, name);
    if (password !== undefined) passwords.set(name, password);
  }
  return new Alterations(fixes, settings.targets[c.customer.serverKind].web, passwords);
}

/** By path (latin1): what was said last of a file counts. */
export async function approvedFixes(objects: Objects, c: Case): Promise<Map<string, ApprovedFix>> {
  const fixes = new Map<string, ApprovedFix>();
  for (const name of c.webFixes?.approvals ?? []) {
    const { request, by, files, withdrawn } = await readApproval(objects, c.id, name);
    for (const { path, pathBase64, ...file } of files)
      fixes.set(keyOf({ path, pathBase64 }), { ...file, request, by });
    for (const file of withdrawn) fixes.delete(keyOf(file));
  }
  return fixes;
}

function keyOf({ path, pathBase64 }: NamedFile): string {
  const named = {
    ...(path !== undefined && { path }),
    ...(pathBase64 !== undefined && { pathBase64 }),
  };
  return pathOf(named).toString('latin1');
}

async function readApproval(objects: Objects, caseId: string, name: string): Promise<Approval> {
  return approval.parse(await readJson<unknown>(objects, approvalKey(caseId, name)));
}

/** Of the new database of this name: the one that was made for it, else the one that was confided. */
async function newPassword(vault: Vault, c: Case, database: string): Promise<string | undefined> {
  const secret = `target-database.${c.forms['migration-details']?.value.confided}`;
  const text = await vault.get(c.id, secret);
  if (text === undefined) return undefined;
  const access = targetDatabaseAccess.parse(JSON.parse(text));
  const logIn = access.databases.find((one) => one.database === database);
  if (!logIn) return undefined;
  // With an administrator the password is made with the database.
  if (access.administrator) return madePassword(vault, c.id, madeName(access, logIn));
  return logIn.password || undefined;
}
