import { type Context, Hono } from 'hono';
import { documentHash } from '../case/documents.ts';
import { InvalidInputError } from '../case/errors.ts';
import type { Ports } from '../case/ports.ts';
import { certificatePdf } from '../letters/pdf/certificate-pdf.ts';
import { quotePdf } from '../letters/pdf/quote-pdf.ts';
import { deadLinkPage } from '../pages/error-pages.ts';
import { documentPage } from '../pages/paper-pages.ts';
import { siteOf } from '../pages/site.ts';
import { askedAgain, askedAgainPage, donePage, lateTaskPage, quoteOf, taskPage } from './customer-task.ts';
import { type FoundTask, findTask } from './find-task.ts';
import { mailHolderRoutes } from './mail-holders.ts';
import { postedForm } from './posted-form.ts';
import { pdfResponse, sourceAddress, withManners } from './respond.ts';
import { submitTask } from './submit-task.ts';

/** What customers see. GET looks and never changes anything: mail scanners open links. Only a POST acts. */
export function customerApp(ports: Ports): Hono {
  const app = withManners(new Hono(), ports);
  const dead = (context: Context) => context.html(deadLinkPage(siteOf(ports.settings)), 404);

  app.get('/t/:token', async (context) => {
    const found = await findTask(ports, context.req.param('token'));
    return found ? context.html(show(ports, found, context.req.path)) : dead(context);
  });

  app.post('/t/:token', async (context) => {
    const found = await findTask(ports, context.req.param('token'));
    if (!found) return dead(context);
    if (found.state !== 'open')
      return context.html(show(ports, found, context.req.path), found.state === 'late' ? 410 : 200);
    const posted = await postedForm(context.req.raw);
    try {
      const address = sourceAddress(context.req.raw);
      const who = { actor: 'customer', by: found.c.customer.mail, ...(address && { address }) } as const;
      const { status } = await submitTask(ports, found, posted, who);
      const after = await findTask(ports, context.req.param('token'));
      if (!after) return dead(context);
      if (status === 'done') return context.html(donePage(ports, after, context.req.path, true));
      return context.html(show(ports, after, context.req.path), status === 'late' ? 410 : 200);
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      const refused = { typed: posted, problems: error.fields };
      return context.html(taskPage(ports, found, context.req.path, refused), 422);
    }
  });

  app.get('/t/:token/quote.pdf', async (context) => {
    const found = await findTask(ports, context.req.param('token'));
    const quote = found && quoteOf(found.c, found.task.kind);
    return quote ? pdfResponse(context, await quotePdf(quote), quote.number) : dead(context);
  });

  app.get('/t/:token/certificate.pdf', async (context) => {
    const found = await findTask(ports, context.req.param('token'));
    if (found?.task.kind !== 'acceptance') return dead(context);
    return pdfResponse(context, await certificatePdf(found.c, ports.settings), `${found.c.id}-certificate`);
  });

  mailHolderRoutes(app, ports);

  app.get('/documents/:sha256', (context) => {
    const { settings } = ports;
    const document = settings.documents.find((one) => documentHash(one) === context.req.param('sha256'));
    if (!document) return context.notFound();
    const shown = { ...document, sha256: documentHash(document) };
    return context.html(documentPage({ site: siteOf(settings, document.serverKind), document: shown }));
  });
  return app;
}

function show(ports: Ports, found: FoundTask, at: string): string {
  if (found.state === 'open') return taskPage(ports, found, at);
  const newer = askedAgain(found.c, found.task);
  if (newer) return askedAgainPage(ports, found, newer);
  return found.state === 'late' ? lateTaskPage(ports, found) : donePage(ports, found, at, false);
}
