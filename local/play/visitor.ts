import type { Posted } from '../../functions/case/form.ts';
import type { Role } from '../../functions/case/identity.ts';

/** A server, or the pages themselves without one. */
export type Fetch = (request: Request) => Promise<Response> | Response;

/** A browser without a screen: opens links, posts forms as a browser would, keeps cookies. */
export class Visitor {
  readonly #fetch: Fetch;
  readonly #base: string;
  #cookie = '';

  constructor(fetch: Fetch, base: string) {
    this.#fetch = fetch;
    this.#base = base;
  }

  async signIn(role: Role): Promise<void> {
    await this.post('/console/sign-in', { role });
  }

  get(path: string): Promise<Response> {
    return this.#send(path, { method: 'GET' });
  }

  post(path: string, posted: Posted): Promise<Response> {
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries(posted))
      for (const one of [value].flat()) body.append(name, one);
    return this.#send(path, { method: 'POST', body });
  }

  upload(path: string, field: string, content: string, filename: string): Promise<Response> {
    const body = new FormData();
    body.append(field, new File([content], filename, { type: 'text/csv' }));
    return this.#send(path, { method: 'POST', body });
  }

  async #send(path: string, init: RequestInit): Promise<Response> {
    const headers = {
      ...(this.#cookie && { cookie: this.#cookie }),
      ...(init.method === 'POST' && { 'sec-fetch-site': 'same-origin' }),
    };
    const answer = await this.#fetch(
      new Request(new URL(path, this.#base), { ...init, headers, redirect: 'manual' }),
    );
    const cookie = answer.headers.get('set-cookie');
    if (cookie) this.#cookie = cookie.split(';')[0] ?? '';
    return answer;
  }
}
