import type { Context, Hono } from 'hono';
import type { Case } from '../case/case.ts';
import { changeCase } from '../case/change-case.ts';
import { customerName } from '../case/customer-name.ts';
import { IllegalStepError, InvalidInputError } from '../case/errors.ts';
import { type Posted, parseForm } from '../case/form.ts';
import type { Ports } from '../case/ports.ts';
import { orderedRules } from '../case/web-fixes/ordered.ts';
import { scanRequest } from '../case/web-fixes/request.ts';
import { beginScan, mayScan } from '../case/web-fixes/scan-decisions.ts';
import { scanForm, suggestedScan } from '../case/web-fixes/scan-form.ts';
import { findingsKey } from '../case/web-fixes/web-fixes.ts';
import { storedDataKey } from '../migration/data-key.ts';
import { pathOf } from '../migration/object-line.ts';
import { pageFindings } from '../migration/web/fixes/conclude-scan.ts';
import { readFindings } from '../migration/web/fixes/read-report.ts';
import { placeText } from '../migration/web/fixes/scan-tree.ts';
import { findingsPage } from '../pages/console/findings-page.ts';
import { fixesPage, fixesPath } from '../pages/console/fixes-page.ts';
import type { Problems } from '../pages/fields.ts';
import { siteOf } from '../pages/site.ts';
import { type ConsoleEnvironment, only } from './console-access.ts';
import { postedForm, RefusedRequest } from './posted-form.ts';
import { downloadResponse } from './respond.ts';

/** The search for what the move will break in web data (R9). Staff look, engineers search. */
export function fixesRoutes(app: Hono<ConsoleEnvironment>, ports: Ports): void {
  app.get('/console/cases/:id/fixes', async (context) => {
    only(context.get('person'), 'staff', 'engineer');
    return context.html(show(ports, context, await webCase(ports, context.req.param('id'))));
  });

  app.post('/console/cases/:id/fixes/scan', async (context) => {
    const person = context.get('person');
    only(person, 'engineer');
    const c = await webCase(ports, context.req.param('id'));
    const typed = await postedForm(context.req.raw);
    try {
      const request = scanRequest.parse(parseForm(scanForm(c, ports.settings), typed));
      const author = { actor: 'engineer', by: person.name } as const;
      const known = /^\d{1,6}$/.test(String(typed.known)) ? Number(typed.known) : (c.webFixes?.scan ?? 0);
      await changeCase(ports, c.id, author, (decision) => beginScan(decision, request, known));
      return context.redirect(fixesPath(c.id), 303);
    } catch (error) {
      const problems =
        error instanceof InvalidInputError
          ? error.fields
          : error instanceof IllegalStepError && { '': error.message };
      if (!problems) throw error;
      return context.html(show(ports, context, c, { typed, problems }), 422);
    }
  });

  app.get('/console/cases/:id/fixes/findings', async (context) => {
    const person = context.get('person');
    only(person, 'staff', 'engineer');
    const c = await webCase(ports, context.req.param('id'));
    const { webFixes } = c;
    if (!webFixes?.result) throw new RefusedRequest(404);
    const page = pageOf(context.req.query('page'));
    const key = await storedDataKey(ports.vault, c.id);
    const findings = await readFindings(ports.objects, key, c.id, webFixes.scan, page - 1);
    return context.html(
      findingsPage({
        site: siteOf(ports.settings),
        person,
        reference: c.id,
        company: customerName(c.customer),
        findings: findings.map(({ line, ...finding }) => ({
          ...finding,
          place: placeText(pathOf(finding), line),
        })),
        page,
        pages: Math.ceil(webFixes.result.findings / pageFindings),
        total: webFixes.result.findings,
      }),
    );
  });

  app.get('/console/cases/:id/fixes/findings.ndjson', async (context) => {
    only(context.get('person'), 'staff', 'engineer');
    const c = await webCase(ports, context.req.param('id'));
    const { webFixes } = c;
    if (!webFixes?.result) throw new RefusedRequest(404);
    const found = ports.objects.get(findingsKey(c.id, webFixes.scan));
    return downloadResponse(context, `${c.id}-fixes-${webFixes.scan}`, 'ndjson', found);
  });
}

/** Throws RefusedRequest 404 for a case without web data. */
export async function webCase(ports: Ports, reference: string): Promise<Case> {
  const c = await ports.records.load(reference);
  if (!c?.plans.includes('web')) throw new RefusedRequest(404);
  return c;
}

/** From 1; whatever else is asked for is the first. */
export function pageOf(asked: string | undefined): number {
  return asked && /^[1-9]\d{0,4}$/.test(asked) ? Number(asked) : 1;
}

function show(
  ports: Ports,
  context: Context<ConsoleEnvironment>,
  c: Case,
  refused?: { typed: Posted; problems: Problems },
): string {
  const person = context.get('person');
  const searches = person.role === 'engineer' && mayScan(c) && c.webFixes?.status !== 'running';
  const ordered = orderedRules(c);
  return fixesPage({
    site: siteOf(ports.settings),
    person,
    reference: c.id,
    company: customerName(c.customer),
    ordered,
    approvable: person.role === 'engineer' && ordered.length > 0 && mayScan(c),
    ...(c.webFixes && { fixes: c.webFixes }),
    ...((searches || refused) && {
      form: scanForm(c, ports.settings),
      typed: suggestedScan(c, ports.settings),
    }),
    ...refused,
  });
}
