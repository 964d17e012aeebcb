import { type Identity, ownPath, type Role, roles } from '../functions/case/identity.ts';
import type { Settings } from '../functions/case/settings.ts';
import { consolePaths } from '../functions/pages/console/shell.ts';
import { signInPage } from '../functions/pages/console/sign-in-page.ts';
import { siteOf } from '../functions/pages/site.ts';
import { postedForm } from '../functions/web/posted-form.ts';

const cookieName = 'hikkoshi-role';
const names: Record<Role, string> = {
  staff: '受付（手元）',
  engineer: '技術（手元）',
  finance: '経理（手元）',
};

/** The local product's sign-in: a choice of role, no password. serve.ts listens on loopback only, and that is the lock. */
export function chosenRole(settings: Settings): Identity {
  const come = (to: string, cookie?: string) =>
    new Response(null, { status: 303, headers: { location: to, ...(cookie && { 'set-cookie': cookie }) } });
  const cookie = (value: string, seconds: number) =>
    `${cookieName}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}`;

  return {
    async who(request) {
      const chosen = new RegExp(`(?:^|;\\s*)${cookieName}=([a-z]+)(?:;|$)`).exec(
        request.headers.get('cookie') ?? '',
      )?.[1];
      const role = roles.find((one) => one === chosen);
      return role && { role, name: names[role] };
    },
    async signIn(request) {
      if (request.method === 'POST') {
        const posted = await postedForm(request);
        const role = roles.find((one) => one === posted.role);
        const to = ownPath(typeof posted.to === 'string' ? posted.to : consolePaths.cases);
        if (role) return come(to === '/' ? consolePaths.cases : to, cookie(role, 30 * 24 * 3600));
      }
      const to = new URL(request.url).searchParams.get('to') ?? undefined;
      const page = signInPage({ site: siteOf(settings), ...(to && { to: ownPath(to) }) });
      return new Response(page, { headers: { 'content-type': 'text/html; charset=utf-8' } });
    },
    /** Nobody is sent elsewhere to sign in, so nobody comes back: a link that leads here must not sign anybody out. */
    async callback() {
      return come(consolePaths.signIn);
    },
    signOut: () => come(consolePaths.signIn, cookie('', 0)),
  };
}
