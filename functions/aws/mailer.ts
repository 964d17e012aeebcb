import { type SESClient, SendRawEmailCommand } from '@aws-sdk/client-ses';
import MailComposer from 'nodemailer/lib/mail-composer';
import { TerminalError } from '../case/errors.ts';
import { bracketed, checkMail } from '../case/outgoing-mail.ts';
import type { Mail, Mailer } from '../case/ports.ts';

/**
 * Mail through SES. SES puts its own Message-ID in place of ours (SES developer guide, "header fields"), so the stable one
 * is sent in `X-Hikkoshi-Message-ID` as well: that is what recognises a mail that a crash has sent twice.
 */
export function sesMailer(
  client: SESClient,
  options: { from: { name: string; address: string }; configurationSet?: string | undefined },
): Mailer {
  return {
    async send(mail) {
      checkMail(mail);
      const command = new SendRawEmailCommand({
        Source: options.from.address,
        Destinations: [mail.to],
        RawMessage: { Data: await mime(mail, options.from) },
        ...(options.configurationSet && { ConfigurationSetName: options.configurationSet }),
      });
      await client.send(command).catch((error: Error) => {
        // SES repeats the address in its message; the history of the case has it where it belongs.
        if (error.name === 'MessageRejected')
          throw new TerminalError('The mail service refused the mail for good.');
        throw error;
      });
    },
  };
}

async function mime(mail: Mail, from: { name: string; address: string }): Promise<Buffer> {
  const messageId = bracketed(mail.messageId);
  const message = new MailComposer({
    from,
    to: mail.to,
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    messageId,
    // RFC 3834: no holiday notice answers this mail.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Hikkoshi-Message-ID': messageId },
    attachments: mail.attachments.map(({ filename, contentType, content }) => ({
      filename,
      contentType,
      content: Buffer.from(content.buffer, content.byteOffset, content.byteLength),
    })),
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
  // threats.md, row 5: what nodemailer made of the address is looked at, not only what it was given.
  const { to } = message.getEnvelope() as { to: string[] };
  if (to.length !== 1 || to[0]!.toLowerCase() !== mail.to.toLowerCase()) {
    throw new TerminalError('The mail was not sent: it would not have gone to exactly the one recipient.');
  }
  return message.build();
}
