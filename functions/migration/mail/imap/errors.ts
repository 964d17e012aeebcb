import { isUtf8 } from 'node:buffer';
import { TerminalError } from '../../../case/errors.ts';

/** The server broke the protocol, or went beyond a cap of ours. The connection is closed; what was moved is kept. */
export class ImapProtocolError extends TerminalError {
  override name = 'ImapProtocolError';
}

/** A completed command with NO or BAD. `answer` is the server's text, cleaned; `code` is its response code or ''. */
export class ImapRefusedError extends TerminalError {
  override name = 'ImapRefusedError';
  readonly status: 'NO' | 'BAD';
  readonly code: string;
  readonly answer: string;
  constructor(command: string, status: 'NO' | 'BAD', code: string, answer: string) {
    super(`メールサーバーが ${command} を断りました: ${answer || status}`);
    this.status = status;
    this.code = code;
    this.answer = answer;
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

/** A server's text as it may be shown: one line, no control characters, at most 200 characters, no secret echoed. */
export function cleanAnswer(text: string, secrets: readonly string[] = []): string {
  // Lines are read a byte a character; servers' texts are UTF-8 today.
  const bytes = Buffer.from(text, 'latin1');
  let clean = isUtf8(bytes) ? bytes.toString() : text;
  for (const secret of secrets) if (secret) clean = clean.replaceAll(secret, '…');
  return clean.replace(control, ' ').trim().slice(0, 200);
}
