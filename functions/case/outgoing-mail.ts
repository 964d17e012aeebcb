import * as z from 'zod';
import { TerminalError } from './errors.ts';
import type { Mail } from './ports.ts';

/** SES takes 10 MB of MIME; base64 adds a third. */
export const largestMailBytes = 7_000_000;

/** RFC 5321 4.5.3.1: 64 octets before the @, 254 in all. ASCII only: `z.email()` has no room for a list or a header. */
export const mailAddress = z
  .email()
  .max(254)
  .refine((address) => address.indexOf('@') <= 64);

const oneLine = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .refine((value) => value.isWellFormed() && !/[\p{Cc}\u2028\u2029]/u.test(value));

const outgoing = z.object({
  messageId: z
    .string()
    .max(250)
    .regex(/^<?[A-Za-z0-9._+=-]+@[A-Za-z0-9.-]+>?$/),
  to: mailAddress,
  subject: oneLine(250),
  text: z.string(),
  html: z.string(),
  attachments: z
    .array(
      z.object({
        filename: oneLine(200).refine((value) => !/[/\\"]/.test(value)),
        contentType: z.string().regex(/^[a-z]+\/[a-z0-9.+-]+(; ?charset=[A-Za-z0-9-]+)?$/),
        content: z.instanceof(Uint8Array),
      }),
    )
    .max(10),
});

/**
 * Exactly one recipient, no second header in any field (threats.md, row 5), not too large. Throws TerminalError which
 * names the field, never its value.
 */
export function checkMail(mail: Mail): void {
  const checked = outgoing.safeParse(mail);
  if (!checked.success) {
    const fields = checked.error.issues.map((issue) => issue.path.join('.')).join(', ');
    throw new TerminalError(`The mail was not sent: ${fields} cannot stand in a mail.`);
  }
  const bytes = mail.attachments.reduce(
    (sum, attachment) => sum + attachment.content.byteLength,
    Buffer.byteLength(mail.text) + Buffer.byteLength(mail.html),
  );
  if (bytes > largestMailBytes) {
    throw new TerminalError(`The mail was not sent: ${bytes} bytes are more than ${largestMailBytes}.`);
  }
}

/** `<a@b>`, whichever way it was written. */
export const bracketed = (messageId: string): string => `<${messageId.replace(/^<|>$/g, '')}>`;
