import { TerminalError } from './errors.ts';

/** Secrets Manager's limit, bytes of UTF-8. */
export const largestSecretBytes = 65_536;

const name = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** Throws TerminalError; the text never holds the value. */
export function checkSecret(caseId: string, secretName: string, value = ''): void {
  checkSecretCase(caseId);
  if (!name.test(secretName)) {
    throw new TerminalError(
      'The name of a secret is 1 to 128 of A-Z a-z 0-9 . _ - and begins with a letter or digit.',
    );
  }
  if (Buffer.byteLength(value) > largestSecretBytes || !value.isWellFormed()) {
    throw new TerminalError(`A secret is text of at most ${largestSecretBytes} bytes. Nothing was stored.`);
  }
}

export function checkSecretCase(caseId: string): void {
  if (!name.test(caseId)) throw new TerminalError('This is not the id of a case, so it has no secrets.');
}
