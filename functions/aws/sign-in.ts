import { createHash, randomBytes } from 'node:crypto';
import { CognitoJwtVerifier } from 'aws-jwt-verify';
import * as z from 'zod';
import { type Identity, ownPath, type Person, roles } from '../case/identity.ts';
import { cookie, cookieOf, redirect } from './cookies.ts';
import { readEnvironment } from './environment.ts';

/** Where a browser comes back to; infra/sign-in.ts registers it, and `/console` for signing out. */
export const callbackPath = '/sign-in/callback';
const afterSignOut = '/console';

/** The id token, and what is remembered while somebody is away signing in. `__Host-`: this host only, over TLS only. */
const session = '__Host-hikkoshi';
const away = '__Host-hikkoshi-sign-in';
const awaySeconds = 600;

const claims = z.object({
  email: z.email().max(254),
  email_verified: z.union([z.literal(true), z.literal('true')]),
  'cognito:groups': z.array(z.string()).default([]),
  nonce: z.string().optional(),
  exp: z.number(),
});

const remembered = z.object({ state: z.string(), verifier: z.string(), nonce: z.string(), to: z.string() });

export interface SignInOptions {
  userPoolId: string;
  clientId: string;
  /** The hosted pages: `https://….auth.….amazoncognito.com`. */
  address: string;
  /** Ours, as the browser sees it. */
  baseUrl: string;
  /** Throws for a token that is not the pool's, not for this client, or has expired. */
  verify?: (idToken: string) => Promise<unknown>;
  now?: () => number;
}

/**
 * Sign-in of staff, engineers and finance with Cognito's hosted pages: authorization code with state, nonce and PKCE (RFC
 * 7636). The pool's groups are the roles; somebody in several acts in the first of staff, engineer, finance.
 */
export function cognitoIdentity(options: SignInOptions): Identity {
  const { clientId, address, baseUrl, now = Date.now } = options;
  const redirectUri = new URL(callbackPath, baseUrl).href;
  const verify = options.verify ?? poolVerifier(options);

  async function read(idToken: string): Promise<z.infer<typeof claims> | undefined> {
    try {
      return claims.parse(await verify(idToken));
    } catch {
      return undefined;
    }
  }

  return {
    async who(request) {
      const idToken = cookieOf(request, session);
      const claimed = idToken && (await read(idToken));
      return claimed ? personOf(claimed) : undefined;
    },

    async signIn(request) {
      const secret = () => randomBytes(32).toString('base64url');
      const memory = { state: secret(), verifier: secret(), nonce: secret() };
      const to = ownPath(new URL(request.url).searchParams.get('to'));
      const where = new URL('/oauth2/authorize', address);
      where.search = new URLSearchParams({
        response_type: 'code',
        client_id: clientId,
        redirect_uri: redirectUri,
        scope: 'openid email',
        state: memory.state,
        nonce: memory.nonce,
        code_challenge_method: 'S256',
        code_challenge: createHash('sha256').update(memory.verifier).digest('base64url'),
      }).toString();
      const value = Buffer.from(JSON.stringify({ ...memory, to })).toString('base64url');
      return redirect(where.href, [cookie(away, value, awaySeconds)]);
    },

    async callback(request) {
      const { searchParams } = new URL(request.url);
      const memory = remember(cookieOf(request, away));
      const code = searchParams.get('code');
      if (!memory || !code || code.length > 2048 || searchParams.get('state') !== memory.state)
        return refused();
      const idToken = await exchange(code, memory.verifier);
      const claimed = idToken && (await read(idToken));
      if (!claimed || claimed.nonce !== memory.nonce || !personOf(claimed)) return refused();
      const seconds = Math.max(0, Math.floor(claimed.exp - now() / 1000));
      return redirect(ownPath(memory.to), [cookie(session, idToken, seconds), cookie(away, '', 0)]);
    },

    signOut() {
      const where = new URL('/logout', address);
      where.search = new URLSearchParams({
        client_id: clientId,
        logout_uri: new URL(afterSignOut, baseUrl).href,
      }).toString();
      return redirect(where.href, [cookie(session, '', 0), cookie(away, '', 0)]);
    },
  };

  /** Undefined when Cognito does not take the code; neither is ever in an error. */
  async function exchange(code: string, verifier: string): Promise<string | undefined> {
    const answer = await fetch(new URL('/oauth2/token', address), {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: clientId,
        redirect_uri: redirectUri,
        code,
        code_verifier: verifier,
      }),
      redirect: 'error',
      signal: AbortSignal.timeout(10_000),
    }).catch(() => undefined);
    if (!answer?.ok) {
      await answer?.body?.cancel();
      return undefined;
    }
    const tokens = z
      .object({ id_token: z.string().max(8192) })
      .safeParse(await answer.json().catch(() => undefined));
    return tokens.data?.id_token;
  }
}

/** From what infra/environment.ts gives the console's function. */
export function identityFromEnvironment(baseUrl: string): Identity {
  const names = readEnvironment(
    z.object({
      USER_POOL_ID: z.string().min(1),
      USER_POOL_CLIENT_ID: z.string().min(1),
      SIGN_IN_ADDRESS: z.url(),
    }),
    process.env,
  );
  return cognitoIdentity({
    userPoolId: names.USER_POOL_ID,
    clientId: names.USER_POOL_CLIENT_ID,
    address: names.SIGN_IN_ADDRESS,
    baseUrl,
  });
}

function poolVerifier({ userPoolId, clientId }: SignInOptions): (idToken: string) => Promise<unknown> {
  const verifier = CognitoJwtVerifier.create({ userPoolId, clientId, tokenUse: 'id' });
  return (idToken) => verifier.verify(idToken);
}

function personOf(claimed: z.infer<typeof claims>): Person | undefined {
  const role = roles.find((one) => claimed['cognito:groups'].includes(one));
  return role && { role, name: claimed.email };
}

function remember(value: string | undefined): z.infer<typeof remembered> | undefined {
  try {
    return remembered.parse(JSON.parse(Buffer.from(value ?? '', 'base64url').toString()));
  } catch {
    return undefined;
  }
}

/** One page for every way in which it can fail: expired, begun in another browser, no group. */
function refused(): Response {
  return new Response(
    'サインインできませんでした。もう一度はじめからお試しください。続く場合は管理者にご連絡ください。',
    {
      status: 403,
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        'cache-control': 'no-store',
        'set-cookie': cookie(away, '', 0),
      },
    },
  );
}
