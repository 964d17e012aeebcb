import { createMiddleware } from 'hono/factory';
import type { CompletionStatus } from '../case/complete-task.ts';
import type { Identity, Person, Role } from '../case/identity.ts';
import { consolePaths } from '../pages/console/shell.ts';
import { RefusedRequest } from './posted-form.ts';

export interface ConsoleEnvironment {
  Variables: { person: Person };
}

/**
 * A POST that another site makes a signed-in browser send is refused. Browsers say where a request comes from
 * (Fetch Metadata, or Origin in older ones); a program that says neither has no cookie of anybody's to misuse.
 */
export const sameOrigin = createMiddleware(async (context, next) => {
  if (context.req.method !== 'GET' && context.req.method !== 'HEAD') {
    const site = context.req.header('sec-fetch-site');
    const origin = context.req.header('origin');
    if (site && site !== 'same-origin') throw new RefusedRequest(403);
    // Our pages send no referrer, so browsers send `Origin: null` with their forms. An old one that sends no more than
    // that is protected by the cookie itself, which is SameSite.
    if (!site && origin && origin !== 'null' && URL.parse(origin)?.host !== context.req.header('host'))
      throw new RefusedRequest(403);
  }
  await next();
});

/** Whoever is not signed in is sent to do so, and comes back. */
export const signedIn = (identity: Identity) =>
  createMiddleware<ConsoleEnvironment>(async (context, next) => {
    const person = await identity.who(context.req.raw);
    if (!person) {
      const { pathname, search } = new URL(context.req.url);
      const to = context.req.method === 'GET' ? `${pathname}${search}` : consolePaths.cases;
      return context.redirect(`${consolePaths.signIn}?to=${encodeURIComponent(to)}`, 303);
    }
    context.set('person', person);
    return next();
  });

/** Throws RefusedRequest 403. */
export function only(person: Person, ...allowed: Role[]): void {
  if (!allowed.includes(person.role)) throw new RefusedRequest(403);
}

/** What the case's page says after a POST. */
export type Outcome = CompletionStatus | 'checked' | 'key-accepted' | 'asked-again';

/** Where a step's POST leads: the case's page, which says what became of it. */
export function afterStep(reference: string, status: Outcome): string {
  return `${consolePaths.case(reference)}?outcome=${status}`;
}
