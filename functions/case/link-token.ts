import { createHash, createHmac } from 'node:crypto';

/**
 * The token in a customer's link: 256 bits, derived by HMAC from 256 random bits that the task keeps and a key that only
 * the vault has. So a reminder can repeat the same link, while the record alone (a backup, a leak) opens nothing.
 */
export function linkToken(linkKey: Uint8Array, seed: string): string {
  return createHmac('sha256', linkKey).update(`hikkoshi link ${seed}`).digest('base64url');
}

/** What is stored and looked up in place of the token. */
export function linkHash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

export function isLinkToken(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}
