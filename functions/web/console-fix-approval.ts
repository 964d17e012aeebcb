import { createHash } from 'node:crypto';
import type { Context, Hono } from 'hono';
import type { Case } from '../case/case.ts';
import { changeCase } from '../case/change-case.ts';
import { customerName } from '../case/customer-name.ts';
import { IllegalStepError } from '../case/errors.ts';
import type { Posted } from '../case/form.ts';
import type { Ports } from '../case/ports.ts';
import type { Approval } from '../case/web-fixes/approval.ts';
import { orderedRules } from '../case/web-fixes/ordered.ts';
import { fixRules } from '../case/web-fixes/rules.ts';
import { approveFixes, mayScan } from '../case/web-fixes/scan-decisions.ts';
import { approvalKey } from '../case/web-fixes/web-fixes.ts';
import { storedDataKey } from '../migration/data-key.ts';
import { linesOf } from '../migration/ndjson.ts';
import { describePath } from '../migration/object-line.ts';
import type { ApprovedFix } from '../migration/web/fixes/alterations.ts';
import { approvedFixes } from '../migration/web/fixes/read-alterations.ts';
import { type DiffSource, diffsOf, type FileDiff, fixableFiles } from '../migration/web/fixes/read-diffs.ts';
import { placeText } from '../migration/web/fixes/scan-tree.ts';
import { fixDiffsPage } from '../pages/console/fix-diffs-page.ts';
import { siteOf } from '../pages/site.ts';
import { type ConsoleEnvironment, only } from './console-access.ts';
import { pageOf, webCase } from './console-fixes.ts';
import { postedForm, RefusedRequest } from './posted-form.ts';

const filesOnPage = 20;

/** The engineer looks at what an ordered fix would change, and approves it file by file (R9). */
export function fixApprovalRoutes(app: Hono<ConsoleEnvironment>, ports: Ports): void {
  app.get('/console/cases/:id/fixes/diffs', async (context) => {
    only(context.get('person'), 'engineer');
    const c = await webCase(ports, context.req.param('id'));
    const done = context.req.query('outcome') === 'done';
    return context.html(await show(ports, context, c, done ? { message: '承認の内容を記録しました。' } : {}));
  });

  app.post('/console/cases/:id/fixes/diffs', async (context) => {
    const person = context.get('person');
    only(person, 'engineer');
    const c = await webCase(ports, context.req.param('id'));
    const posted = await postedForm(context.req.raw);
    try {
      const { diffs, source } = await pageOfDiffs(ports, c, pageOf(context.req.query('page')));
      const chosen = chosenOf(posted, source.scan, diffs);
      const standing = await approvedFixes(ports.objects, c);
      // What stands already is not said twice.
      const approved = chosen.approved.filter((diff) => !isApproved(standing, diff));
      const withdrawn = chosen.withdrawn.filter(({ path }) => standing.has(path.toString('latin1')));
      const page = pageOf(context.req.query('page'));
      const done = context.redirect(`${context.req.path}?page=${page}&outcome=done`, 303);
      if (approved.length + withdrawn.length === 0) return done;
      const approval: Approval = {
        scan: source.scan,
        by: person.name,
        at: ports.clock.now().toISOString(),
        request: source.request,
        files: approved.map(({ path, rules, sha256, after }) => ({
          ...describePath(path),
          rules,
          sha256,
          after,
        })),
        withdrawn: withdrawn.map(({ path }) => describePath(path)),
      };
      const name = approvalName(c, approval);
      // It counts once the case names it: a crash in between leaves an object that nobody reads.
      await ports.objects.put(approvalKey(c.id, name), linesOf([approval]));
      const author = { actor: 'engineer', by: person.name } as const;
      const counts = { files: approved.length, withdrawn: withdrawn.length };
      await changeCase(ports, c.id, author, (decision) => approveFixes(decision, source.scan, name, counts));
      return done;
    } catch (error) {
      if (!(error instanceof IllegalStepError)) throw error;
      return context.html(await show(ports, context, c, { problem: error.message }), 422);
    }
  });
}

/** By what is said and what had been said before: of two buttons pressed at once one counts. */
function approvalName(c: Case, { at: _, ...said }: Approval): string {
  const about = JSON.stringify([c.webFixes?.approvals, said]);
  return `${said.scan}-${createHash('sha256').update(about).digest('hex').slice(0, 16)}`;
}

function isApproved(standing: Map<string, ApprovedFix>, { path, after, sha256 }: FileDiff): boolean {
  const known = standing.get(path.toString('latin1'));
  return known?.after === after && known.sha256 === sha256;
}

/** What was ticked, or all that was shown, as it was shown. Throws IllegalStepError when that is no more what would be done. */
function chosenOf(posted: Posted, scan: number, diffs: readonly FileDiff[]) {
  const ticked = new Set([(posted.all === 'yes' ? posted.shown : posted.file) ?? []].flat());
  const taken = new Set([posted.withdraw ?? []].flat());
  if (ticked.size + taken.size === 0) throw new IllegalStepError('承認するファイルを選んでください。');
  const approved = diffs.filter((diff) => ticked.has(postedFor(diff)));
  const withdrawn = diffs.filter((diff) => taken.has(postedFor(diff)));
  if (posted.scan !== String(scan) || approved.length + withdrawn.length !== ticked.size + taken.size)
    throw new IllegalStepError('差分が変わっています。画面の差分をもう一度ご確認のうえ、承認してください。');
  return { approved, withdrawn };
}

function postedFor({ index, after }: FileDiff): string {
  return `${index}-${after}`;
}

/** Throws RefusedRequest 404 when there is nothing to approve: not searched, not ordered, or erased. */
async function pageOfDiffs(ports: Ports, c: Case, page: number) {
  const rules = orderedRules(c);
  const fixes = c.webFixes;
  const dataKey = await storedDataKey(ports.vault, c.id);
  if (fixes?.status !== 'done' || rules.length === 0 || !dataKey || !mayScan(c))
    throw new RefusedRequest(404);
  const source: DiffSource = {
    objects: ports.objects,
    dataKey,
    caseId: c.id,
    scan: fixes.scan,
    request: fixes.request,
    target: ports.settings.targets[c.customer.serverKind].web,
  };
  const files = await fixableFiles(source, rules);
  const shown = files.slice((page - 1) * filesOnPage, page * filesOnPage);
  return { source, total: files.length, diffs: await diffsOf(source, shown, rules) };
}

async function show(
  ports: Ports,
  context: Context<ConsoleEnvironment>,
  c: Case,
  said: { message?: string; problem?: string },
): Promise<string> {
  const page = pageOf(context.req.query('page'));
  const { diffs, total, source } = await pageOfDiffs(ports, c, page);
  const approved = await approvedFixes(ports.objects, c);
  return fixDiffsPage({
    site: siteOf(ports.settings),
    person: context.get('person'),
    reference: c.id,
    company: customerName(c.customer),
    scan: source.scan,
    diffs: diffs.map((diff) => {
      const known = approved.get(diff.path.toString('latin1'));
      return {
        value: postedFor(diff),
        name: placeText(diff.path, 0),
        fixes: diff.rules.map((rule) => fixRules[rule].title),
        hunks: diff.hunks,
        ...(known && isApproved(approved, diff) && { approvedBy: known.by }),
      };
    }),
    page,
    pages: Math.ceil(total / filesOnPage),
    total,
    approved: approved.size,
    ...said,
  });
}
