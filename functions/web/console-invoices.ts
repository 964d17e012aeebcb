import type { Hono } from 'hono';
import { dayOf } from '../case/calendar.ts';
import type { Invoice } from '../case/invoice.ts';
import type { Ports } from '../case/ports.ts';
import { invoicePdf } from '../letters/pdf/invoice-pdf.ts';
import { invoicesCsv } from '../pages/console/invoices-csv.ts';
import { invoicesPage } from '../pages/console/invoices-page.ts';
import { consolePaths } from '../pages/console/shell.ts';
import { siteOf } from '../pages/site.ts';
import { type ConsoleEnvironment, only } from './console-access.ts';
import { RefusedRequest } from './posted-form.ts';
import { downloadResponse, pdfResponse } from './respond.ts';

/** Pages of the list of cases that are looked through for invoices. */
const mostPages = 20;

export function invoiceRoutes(app: Hono<ConsoleEnvironment>, ports: Ports): void {
  app.get(consolePaths.invoices, async (context) => {
    const person = context.get('person');
    only(person, 'finance', 'staff');
    const invoices = (await issuedInvoices(ports)).map((invoice) => ({
      ...invoice,
      pdfHref: invoiceHref(invoice.caseId),
    }));
    return context.html(invoicesPage({ site: siteOf(ports.settings), person, invoices }));
  });

  app.get(consolePaths.invoicesCsv, async (context) => {
    only(context.get('person'), 'finance', 'staff');
    const name = `invoices-${dayOf(ports.clock.now())}`;
    return downloadResponse(context, name, 'csv', invoicesCsv(await issuedInvoices(ports)));
  });

  app.get('/console/cases/:id/invoice.pdf', async (context) => {
    only(context.get('person'), 'finance', 'staff');
    const invoice = (await ports.records.load(context.req.param('id')))?.invoice;
    if (!invoice) throw new RefusedRequest(404);
    return pdfResponse(context, await invoicePdf(invoice), invoice.invoiceId);
  });
}

export const invoiceHref = (reference: string) => `${consolePaths.case(reference)}/invoice.pdf`;

async function issuedInvoices(ports: Ports): Promise<Invoice[]> {
  const invoices: Invoice[] = [];
  let after: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const found = await ports.records.list({ limit: 100, ...(after && { after }) });
    for (const { id, stage } of found.cases) {
      const c = stage === 'invoiced' ? await ports.records.load(id) : undefined;
      if (c?.invoice) invoices.push(c.invoice);
    }
    after = found.next;
    if (!after) break;
  }
  return invoices;
}
