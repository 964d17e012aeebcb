import { createHash } from 'node:crypto';
import { stylesheet } from './style.ts';

const styleHash = createHash('sha256').update(stylesheet).digest('base64');

/**
 * For every page of the product. Nothing loads and no script runs; the one stylesheet is named by its hash. A page may hold
 * personal data and its address is a credential, so it is neither cached nor told to anybody.
 */
export const securityHeaders = {
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
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
