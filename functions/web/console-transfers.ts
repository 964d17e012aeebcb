import type { Context, Hono } from 'hono';
import { type Case, type Plan, plans } from '../case/case.ts';
import { customerName } from '../case/customer-name.ts';
import type { Ports } from '../case/ports.ts';
import { finishedRun } from '../case/schedule-transfers.ts';
import { readForecast } from '../migration/forecast.ts';
import * as keys from '../migration/keys.ts';
import { reportCsv } from '../migration/record-csv.ts';
import { digestReport } from '../migration/report-digest.ts';
import { consolePaths } from '../pages/console/shell.ts';
import { transferPage } from '../pages/console/transfer-page.ts';
import { siteOf } from '../pages/site.ts';
import { type ConsoleEnvironment, only } from './console-access.ts';
import { RefusedRequest } from './posted-form.ts';
import { downloadResponse } from './respond.ts';
import { forecastView, reportView } from './transfer-page-view.ts';

/** What a run means to move, and what its verification saw: for staff and engineers. */
export function transferRoutes(app: Hono<ConsoleEnvironment>, ports: Ports): void {
  const { objects } = ports;

  app.get('/console/cases/:id/transfers/:plan/:run', async (context) => {
    const person = context.get('person');
    only(person, 'staff', 'engineer');
    const { c, run } = await find(ports, context.req.param());
    const [forecast, digest] = await Promise.all([readForecast(objects, run), digestReport(objects, run)]);
    const summary = c.transfers.find((one) => one.plan === run.plan && one.run === run.run);
    const at = consolePaths.transfer(c.id, run.plan, run.run);
    const ledgerHref = `/console/cases/${c.id}/ledgers/${run.plan}/${run.run}`;
    return context.html(
      transferPage({
        ...{ site: siteOf(ports.settings), person, reference: c.id, company: customerName(c.customer) },
        ...{ plan: run.plan, run: run.run },
        ...(summary && { summary: { ...summary, ledgerHref } }),
        ...(forecast && { forecast: forecastView(forecast) }),
        ...(digest && { report: reportView(digest, `${at}/report`) }),
      }),
    );
  });

  const reportOf = async (context: Context<ConsoleEnvironment>) => {
    only(context.get('person'), 'staff', 'engineer');
    const { id = '', plan = '', run: number = '' } = context.req.param();
    const { run } = await find(ports, { id, plan, run: number });
    const key = keys.report(run);
    if ((await objects.size(key)) === undefined) throw new RefusedRequest(404);
    return { key, name: `${run.caseId}-${run.plan}-${run.run}-report` };
  };

  app.get('/console/cases/:id/transfers/:plan/:run/report', async (context) => {
    const { key, name } = await reportOf(context);
    return downloadResponse(context, name, 'ndjson', objects.get(key));
  });

  app.get('/console/cases/:id/transfers/:plan/:run/report/csv', async (context) => {
    const { key, name } = await reportOf(context);
    return downloadResponse(context, name, 'csv', reportCsv(objects, key));
  });
}

/** A run that is finished, or the one after the last: any other number is no page. */
async function find(ports: Ports, asked: { id: string; plan: string; run: string }) {
  const c = await ports.records.load(asked.id);
  const plan = plans.find((one) => one === asked.plan);
  if (!c || !plan || !/^[1-9]\d{0,3}$/.test(asked.run) || !isRun(c, plan, Number(asked.run))) {
    throw new RefusedRequest(404);
  }
  return { c, run: { caseId: c.id, plan, run: Number(asked.run) } };
}

function isRun(c: Case, plan: Plan, run: number): boolean {
  return c.plans.includes(plan) && run <= finishedRun(c, plan) + 1;
}
