import { createHash, createSign, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { CognitoJwtVerifier } from 'aws-jwt-verify';
import { cognitoIdentity } from '../../functions/aws/sign-in.ts';
import { type Identity, ownPath } from '../../functions/case/identity.ts';

const userPoolId = 'ap-northeast-1_abcdefghi';
const clientId = 'client';
const baseUrl = 'https://hikkoshi.example.jp';
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const others = generateKeyPairSync('rsa', { modulusLength: 2048 });
const seconds = () => Math.floor(Date.now() / 1000);

/** A token as Cognito makes it. */
function idToken(changes: Record<string, unknown> = {}, { privateKey } = keys): string {
  const claims = {
    sub: 'subject',
    iss: `https://cognito-idp.ap-northeast-1.amazonaws.com/${userPoolId}`,
    aud: clientId,
    token_use: 'id',
    iat: seconds(),
    exp: seconds() + 3600,
    email: 'sato@example.jp',
    email_verified: true,
    'cognito:groups': ['engineer'],
    ...changes,
  };
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: 'RS256', kid: 'key-1' })}.${encode(claims)}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey).toString('base64url')}`;
}

describe('sign-in with Cognito', () => {
  const server = createServer();
  let identity: Identity;
  /** What the token endpoint was sent, and what it answers. */
  let asked: URLSearchParams[] = [];
  let answer: () => { status: number; body: unknown };

  beforeAll(async () => {
    server.on('request', async (incoming, outgoing) => {
      let body = '';
      for await (const chunk of incoming) body += chunk;
      asked.push(new URLSearchParams(body));
      const { status, body: answered } = answer();
      outgoing.writeHead(incoming.url === '/oauth2/token' ? status : 404).end(JSON.stringify(answered));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const verifier = CognitoJwtVerifier.create({ userPoolId, clientId, tokenUse: 'id' });
    const jwk = keys.publicKey.export({ format: 'jwk' });
    verifier.cacheJwks({ keys: [{ ...jwk, kid: 'key-1', use: 'sig', alg: 'RS256' } as never] });
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    identity = cognitoIdentity({
      userPoolId,
      clientId,
      address,
      baseUrl,
      verify: (token) => verifier.verify(token),
    });
  });
  afterAll(() => {
    server.close();
  });
  beforeEach(() => {
    asked = [];
  });

  const get = (path: string, cookie = '') =>
    new Request(`${baseUrl}${path}`, { headers: cookie ? { cookie } : {} });
  const withToken = (token: string) => identity.who(get('/console', `a=b; __Host-hikkoshi=${token}; c=d`));
  const cookies = (response: Response) => response.headers.getSetCookie();

  /** A browser that goes to sign in: where it is sent, and the cookie that it carries. */
  async function goAway(to: string) {
    const response = await identity.signIn(get(`/sign-in?to=${encodeURIComponent(to)}`));
    const where = new URL(response.headers.get('location')!);
    const carried = cookies(response)[0]!.split(';')[0]!;
    return { response, query: where.searchParams, where, carried };
  }

  test('who is signed in is read from a token of the pool, and the group is the role', async () => {
    expect(await withToken(idToken())).toEqual({ role: 'engineer', name: 'sato@example.jp' });
    expect(await withToken(idToken({ 'cognito:groups': ['finance', 'staff'] }))).toMatchObject({
      role: 'staff',
    });
    expect(await identity.who(get('/console'))).toBeUndefined();
  });

  const bad: [string, string][] = [
    ['of another key', idToken({}, others)],
    ['that has expired', idToken({ exp: seconds() - 10 })],
    ['for another client', idToken({ aud: 'another' })],
    [
      'of another pool',
      idToken({ iss: 'https://cognito-idp.ap-northeast-1.amazonaws.com/ap-northeast-1_other' }),
    ],
    ['for access', idToken({ token_use: 'access' })],
    ['of nobody’s group', idToken({ 'cognito:groups': ['admin'] })],
    ['without groups', idToken({ 'cognito:groups': undefined })],
    ['with an unverified address', idToken({ email_verified: false })],
    ['that was changed', idToken().replace(/\.[^.]+\./, (part) => `${part.slice(0, -3)}AA.`)],
    ['that is none', 'x.y.z'],
    ['that is empty', ''],
  ];
  test.each(bad)('a token %s is nobody', async (_, token) => {
    expect(await withToken(token)).toBeUndefined();
  });

  test('the way out has state, nonce and PKCE; the way back signs in and returns to the page', async () => {
    const { response, where, query, carried } = await goAway('/console/cases/C-1?tab=history');
    expect(response.status).toBe(303);
    expect(cookies(response)[0]).toMatch(/; Path=\/; Max-Age=600; HttpOnly; Secure; SameSite=Lax$/);
    expect(where.pathname).toBe('/oauth2/authorize');
    expect(query.get('redirect_uri')).toBe(`${baseUrl}/sign-in/callback`);
    expect(query.get('code_challenge_method')).toBe('S256');

    const token = idToken({ nonce: query.get('nonce') });
    answer = () => ({ status: 200, body: { id_token: token } });
    const back = await identity.callback(
      get(`/sign-in/callback?code=abc&state=${query.get('state')}`, carried),
    );
    expect(back.status).toBe(303);
    expect(back.headers.get('location')).toBe('/console/cases/C-1?tab=history');
    expect(back.headers.get('cache-control')).toBe('no-store');
    const [session, forgotten] = cookies(back);
    expect(session).toMatch(
      /^__Host-hikkoshi=.+; Path=\/; Max-Age=3(600|[45]\d\d); HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(forgotten).toMatch(/^__Host-hikkoshi-sign-in=; .*Max-Age=0/);
    expect(await identity.who(get('/console', session!.split(';')[0]!))).toMatchObject({ role: 'engineer' });

    const [sent] = asked;
    expect(Object.fromEntries(sent!)).toMatchObject({
      grant_type: 'authorization_code',
      client_id: clientId,
      code: 'abc',
    });
    const challenge = createHash('sha256').update(sent!.get('code_verifier')!).digest('base64url');
    expect(challenge).toBe(query.get('code_challenge'));
  });

  test('nobody is signed in who did not begin in this browser', async () => {
    const { query, carried } = await goAway('/console');
    const other = await goAway('/console');
    answer = () => ({ status: 200, body: { id_token: idToken({ nonce: query.get('nonce') }) } });
    const state = query.get('state');
    const returns: [string, string][] = [
      [`?code=abc&state=${state}`, ''],
      [`?code=abc&state=${state}`, other.carried],
      ['?code=abc&state=forged', carried],
      ['?code=abc', carried],
      [`?state=${state}`, carried],
      [`?error=access_denied&state=${state}`, carried],
      [`?code=abc&state=${state}`, '__Host-hikkoshi-sign-in=e30'],
    ];
    for (const [search, cookie] of returns) {
      const refused = await identity.callback(get(`/sign-in/callback${search}`, cookie));
      expect(refused.status).toBe(403);
      expect(cookies(refused).join()).not.toContain('__Host-hikkoshi=');
    }
    expect(asked).toEqual([]);
  });

  test('a token of another sign-in, of no group, or none at all is refused', async () => {
    const answers: (() => { status: number; body: unknown })[] = [
      () => ({ status: 200, body: { id_token: idToken({ nonce: 'of another' }) } }),
      () => ({ status: 200, body: { id_token: idToken() } }),
      () => ({ status: 200, body: {} }),
      () => ({ status: 400, body: { error: 'invalid_grant' } }),
    ];
    for (const each of answers) {
      const { query, carried } = await goAway('/console');
      answer = each;
      const back = await identity.callback(
        get(`/sign-in/callback?code=abc&state=${query.get('state')}`, carried),
      );
      expect(back.status).toBe(403);
    }
    const { query, carried } = await goAway('/console');
    const token = idToken({ nonce: query.get('nonce'), 'cognito:groups': [] });
    answer = () => ({ status: 200, body: { id_token: token } });
    const back = await identity.callback(
      get(`/sign-in/callback?code=abc&state=${query.get('state')}`, carried),
    );
    expect(back.status).toBe(403);
    expect(asked).toHaveLength(5);
  });

  test('signing out forgets the token here and at Cognito', () => {
    const response = identity.signOut();
    const where = new URL(response.headers.get('location')!);
    expect(where.pathname).toBe('/logout');
    expect(where.searchParams.get('logout_uri')).toBe(`${baseUrl}/console`);
    expect(cookies(response)[0]).toMatch(/^__Host-hikkoshi=; .*Max-Age=0/);
  });

  test.each([
    'https://evil.example.com',
    '//evil.example.com',
    '/\\evil.example.com',
    '/a\\b',
    'console',
    '/\t/evil',
    '',
    null,
  ])('after signing in nobody is sent to %j', (wanted) => {
    expect(ownPath(wanted)).toBe('/');
  });
});
