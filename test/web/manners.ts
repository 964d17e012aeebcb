import { expect } from '@jest/globals';
import { securityHeaders } from '../../functions/pages/security-headers.ts';

/** Whatever the answer is: it loads nothing, tells nobody where it came from, is kept nowhere, and sits in no frame. */
export function expectManners(answer: Response): void {
  const policy = answer.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  // No script at all, or the one that the pages have.
  expect(policy.match(/script-src[^;]*/g) ?? []).toEqual(
    policy.includes('script-src') ? [expect.stringMatching(/^script-src 'sha256-[A-Za-z0-9+/=]{44}'$/)] : [],
  );
  for (const [name, value] of Object.entries(securityHeaders)) {
    if (name !== 'Content-Security-Policy')
      expect([answer.url, name, answer.headers.get(name)]).toEqual([answer.url, name, value]);
  }
}
