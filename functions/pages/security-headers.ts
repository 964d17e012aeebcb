import { createHash } from 'node:crypto';
import { draftScript } from './draft.ts';
import { stylesheet } from './style.ts';

const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * For every page of the product. Nothing loads; the one stylesheet and the one script (draft.ts) are named by their hashes. A page may hold
 * personal data and its address is a credential, so it is neither cached nor told to anybody.
 */
export const securityHeaders = {
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src ${hash(stylesheet)}`,
    `script-src ${hash(draftScript)}`,
    'img-src data:',
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; '),
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
  'X-Robots-Tag': 'noindex, nofollow',
} as const;

/** The mail page of the local mailbox shows a mail in a sandboxed frame (srcdoc), whose style is the mail's own. */
export const mailPageHeaders = {
  ...securityHeaders,
  'Content-Security-Policy': [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    'img-src data:',
    "frame-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'self'",
    "base-uri 'none'",
  ].join('; '),
} as const;
