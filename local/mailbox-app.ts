import { Hono } from 'hono';
import type { Settings } from '../functions/case/settings.ts';
import { errorPage } from '../functions/pages/error-pages.ts';
import { mailboxPage, mailPage } from '../functions/pages/mailbox/mailbox-pages.ts';
import { mailPageHeaders, securityHeaders } from '../functions/pages/security-headers.ts';
import { siteOf } from '../functions/pages/site.ts';
import type { Mailbox } from './ports/mailer.ts';

/** Every mail that the local product "sent", with links that work. */
export function mailboxApp(mailbox: Mailbox, settings: Settings): Hono {
  const app = new Hono();
  const site = siteOf(settings);
  const missing = errorPage(site, 404);

  app.get('/mailbox', (context) => {
    const mails = mailbox.listMails({ limit: 200 }).map((mail) => ({
      href: `/mailbox/${mail.id}`,
      at: mail.receivedAt,
      to: mail.to,
      subject: mail.subject,
      attachments: mail.attachments,
    }));
    return context.html(mailboxPage({ site, mails }), 200, securityHeaders);
  });

  app.get('/mailbox/:id', (context) => {
    const mail = mailbox.readMail(Number(context.req.param('id')));
    if (!mail) return context.html(missing, 404, securityHeaders);
    const attachments = mail.attachments.map(({ filename, content }, index) => ({
      filename,
      bytes: content.byteLength,
      href: `/mailbox/${mail.id}/attachments/${index}`,
    }));
    const { to, subject, text, html, receivedAt } = mail;
    const view = { site, to, subject, text, html, at: receivedAt, attachments, backHref: '/mailbox' };
    return context.html(mailPage(view), 200, mailPageHeaders);
  });

  app.get('/mailbox/:id/attachments/:index', (context) => {
    const mail = mailbox.readMail(Number(context.req.param('id')));
    const attachment = mail?.attachments[Number(context.req.param('index'))];
    if (!attachment) return context.html(missing, 404, securityHeaders);
    return context.body(new Uint8Array(attachment.content), 200, {
      ...securityHeaders,
      'content-type': attachment.contentType,
      'content-disposition': `attachment; filename="${attachment.filename}"`,
    });
  });
  return app;
}
