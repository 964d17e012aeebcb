/** Who is signed in on the pages of staff, engineers and finance. Customers have links, not accounts. */
export const roles = ['staff', 'engineer', 'finance'] as const;
export type Role = (typeof roles)[number];

export interface Person {
  role: Role;
  /** As it stands in the history: a mail address or a staff name. */
  name: string;
}

export interface Identity {
  /** Undefined when nobody is signed in, or when the sign-in has expired or cannot be verified. */
  who(request: Request): Promise<Person | undefined>;
  /** Sends the browser to where people sign in; it comes back to the page that it wanted (`?to=`). */
  signIn(request: Request): Promise<Response>;
  /** What the browser brings back. Never signs anybody in who did not begin at `signIn` in the same browser. */
  callback(request: Request): Promise<Response>;
  signOut(): Response;
}

/** Where to go after signing in: a path of ours, or `/`. Anything that a browser could read as another site is refused. */
export function ownPath(wanted: string | null | undefined): string {
  return wanted && wanted.length <= 500 && /^\/(?![/\\])[\x21-\x7e]*$/.test(wanted) && !wanted.includes('\\')
    ? wanted
    : '/';
}
