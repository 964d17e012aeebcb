import { type Context, Hono } from 'hono';
import type { Identity, Person } from '../case/identity.ts';
import type { Ports } from '../case/ports.ts';
import { normaliseReference } from '../case/reference.ts';
import type { OpenTree } from '../migration/web/open-pinned.ts';
import { openWebTree } from '../migration/web/open-web-tree.ts';
import { caseListPage } from '../pages/console/case-list-page.ts';
import { consolePaths } from '../pages/console/shell.ts';
import { siteOf } from '../pages/site.ts';
import { type ConsoleEnvironment, sameOrigin, signedIn } from './console-access.ts';
import { caseRoutes } from './console-case.ts';
import { confidedRoutes } from './console-confided.ts';
import { connectionRoutes } from './console-connections.ts';
import { databaseSurveyRoutes } from './console-database-survey.ts';
import { fixApprovalRoutes } from './console-fix-approval.ts';
import { fixesRoutes } from './console-fixes.ts';
import { invoiceRoutes } from './console-invoices.ts';
import { newCaseRoutes } from './console-new-case.ts';
import { surveyRoutes } from './console-survey.ts';
import { transferRoutes } from './console-transfers.ts';
import { withManners } from './respond.ts';

/**
 * What staff, engineers and finance see. Every page asks who is there; every POST must come from a page of ours. `open`
 * is how servers are reached for a check of the connection.
 */
export function consoleApp(
  ports: Ports,
  identity: Identity,
  open: OpenTree = openWebTree,
): Hono<ConsoleEnvironment> {
  const app = withManners(new Hono<ConsoleEnvironment>(), ports);
  app.use(sameOrigin);
  app.get('/console', (context) => context.redirect(consolePaths.cases, 303));
  app.on(['GET', 'POST'], consolePaths.signIn, (context) => identity.signIn(context.req.raw));
  app.get('/sign-in/callback', (context) => identity.callback(context.req.raw));
  app.post(consolePaths.signOut, () => identity.signOut());
  app.use('/console/*', signedIn(identity));

  app.get(consolePaths.cases, async (context) => {
    const typed = context.req.query('reference')?.trim();
    const reference = typed && normaliseReference(typed);
    if (reference && (await ports.records.load(reference)))
      return context.redirect(consolePaths.case(reference), 303);
    return context.html(await listPage(ports, context, context.get('person'), typed));
  });
  newCaseRoutes(app, ports);
  surveyRoutes(app, ports);
  caseRoutes(app, ports);
  fixesRoutes(app, ports);
  fixApprovalRoutes(app, ports);
  confidedRoutes(app, ports);
  databaseSurveyRoutes(app, ports);
  connectionRoutes(app, ports, open);
  invoiceRoutes(app, ports);
  transferRoutes(app, ports);
  return app;
}

const actors = ['customer', 'staff', 'engineer', 'finance', 'system'] as const;

async function listPage(
  ports: Ports,
  context: Context,
  person: Person,
  search: string | undefined,
): Promise<string> {
  const waitingFor = actors.find((actor) => actor === context.req.query('waitingFor'));
  const after = context.req.query('after');
  const page = await ports.records.list({
    limit: 50,
    ...(waitingFor && { waitingFor }),
    ...(after && { after }),
  });
  const plain = !waitingFor && !after && !search && person.role !== 'finance';
  const mine = plain && (await ports.records.list({ waitingFor: person.role, limit: 20 })).cases;
  return caseListPage({
    site: siteOf(ports.settings),
    person,
    ...page,
    ...(waitingFor && { waitingFor }),
    ...(mine && { mine }),
    ...(search && { search, notFound: true }),
    now: ports.clock.now().toISOString(),
  });
}
