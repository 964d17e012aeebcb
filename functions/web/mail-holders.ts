import type { Context, Hono } from 'hono';
import type { Case } from '../case/case.ts';
import { changeCase } from '../case/change-case.ts';
import { customerName } from '../case/customer-name.ts';
import { InvalidInputError } from '../case/errors.ts';
import { parseForm } from '../case/form.ts';
import { mailHolderForm } from '../case/forms/mail-holder.ts';
import { isEnded } from '../case/lifecycle.ts';
import { isLinkToken, linkHash } from '../case/link-token.ts';
import { holderSecret } from '../case/mail-access.ts';
import {
  addHolderLinks,
  holderDays,
  holderOfLink,
  holdersOf,
  type MailHolder,
  takeHolderPassword,
} from '../case/mail-holders.ts';
import type { Ports } from '../case/ports.ts';
import { deadLinkPage } from '../pages/error-pages.ts';
import { mailHolderDonePage, mailHolderLinksPage, mailHolderPage } from '../pages/mail-holder-pages.ts';
import { siteOf } from '../pages/site.ts';
import { findTask } from './find-task.ts';
import { postedForm } from './posted-form.ts';

/**
 * Passwords of mailboxes, each from the person who uses it. The administrator's link shows theirs, by a POST, since each
 * showing makes new ones: only their hashes are kept. A holder's link takes one password, once.
 */
export function mailHolderRoutes(app: Hono, ports: Ports): void {
  const dead = (context: Context) => context.html(deadLinkPage(siteOf(ports.settings)), 404);

  app.post('/t/:token/mailbox-links', async (context) => {
    const found = await findTask(ports, context.req.param('token'));
    if (found?.task.kind !== 'source-access' || found.c.forms['source-access']?.taskId !== found.task.id)
      return dead(context);
    if (holdersOf(found.c).length === 0) return dead(context);
    const author = { actor: 'customer', by: found.c.customer.mail } as const;
    const { case: after, result } = await changeCase(ports, found.c.id, author, (decision) =>
      addHolderLinks(decision, ports.random),
    );
    const links = result.map(({ user, token }) => ({
      user,
      href: `${ports.settings.baseUrl}/m/${after.id}/${token}`,
    }));
    const site = siteOf(ports.settings, after.customer.serverKind);
    const company = customerName(after.customer);
    return context.html(mailHolderLinksPage({ site, company, links, days: holderDays }));
  });

  app.get('/m/:case/:token', async (context) => {
    const found = await find(ports, context);
    if (!found) return dead(context);
    return context.html(found.holder.answeredAt ? done(ports, found) : ask(ports, found));
  });

  app.post('/m/:case/:token', async (context) => {
    const found = await find(ports, context);
    if (!found) return dead(context);
    if (found.holder.answeredAt) return context.html(done(ports, found));
    const posted = await postedForm(context.req.raw);
    try {
      const { password } = parseForm(mailHolderForm(found.holder.user), posted);
      if (!(await confide(ports, found, String(password)))) return dead(context);
      return context.html(done(ports, found));
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      return context.html(ask(ports, found, error.fields), 422);
    }
  });
}

interface Found {
  c: Case;
  holder: MailHolder;
  index: number;
  sha256: string;
}

async function find(ports: Ports, context: Context): Promise<Found | undefined> {
  const { case: id = '', token = '' } = context.req.param();
  if (!isLinkToken(token) || !/^HK-[0-9A-Z-]{1,40}$/.test(id)) return undefined;
  const c = await ports.records.load(id);
  const sha256 = linkHash(token);
  const index = c && holderOfLink(c, sha256, ports.clock.now());
  return c && index !== undefined ? { c, index, sha256, holder: holdersOf(c)[index]! } : undefined;
}

/**
 * To the vault first, under a name of this answer alone: of two at once neither changes what the other gave. False when
 * the link ended in the meantime, and nothing was taken.
 */
async function confide(ports: Ports, { c, index, sha256 }: Found, password: string): Promise<boolean> {
  const suffix = Buffer.from(ports.random.bytes(6)).toString('hex');
  await ports.vault.put(c.id, `${holderSecret(index)}.${suffix}`, password);
  const author = { actor: 'customer', by: 'mailbox' } as const;
  const { case: after } = await changeCase(ports, c.id, author, (decision) =>
    takeHolderPassword(decision, sha256, suffix),
  );
  // Erased in the meantime (R24): nobody would erase again what was put back.
  if (isEnded(after) || after.erasures.length > c.erasures.length) await ports.vault.erase(c.id);
  return holderOfLink(after, sha256, ports.clock.now()) !== undefined;
}

function ask(ports: Ports, found: Found, problems?: Record<string, string>): string {
  return mailHolderPage(viewOf(ports, found), mailHolderForm(found.holder.user), problems);
}

function done(ports: Ports, found: Found): string {
  return mailHolderDonePage(viewOf(ports, found));
}

function viewOf(ports: Ports, { c, holder }: Found) {
  return {
    site: siteOf(ports.settings, c.customer.serverKind),
    company: customerName(c.customer),
    user: holder.user,
  };
}
