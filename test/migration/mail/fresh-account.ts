import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { type Dovecot, startDovecot } from '../../servers/dovecot.ts';
import type { FakeMessage } from './fake-imap.ts';
import { letter } from './mailboxes.ts';

/** Those of the target, for another server that is to have them too. */
export const users = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`taro${at}`, 'himitsu']));

/** A target for the tests of one file, each of which has an account of its own there. */
export function freshAccount() {
  let target: Dovecot;
  let number = 0;
  beforeAll(async () => {
    target = await startDovecot({ users });
  });
  afterAll(() => target.stop());
  beforeEach(() => {
    number++;
  });
  const credentials = () => ({ user: `taro${number}`, password: 'himitsu' });
  return {
    targetPort: () => target.port,
    credentials,
    accounts: () => [{ ...credentials(), targetUser: `taro${number}`, targetPassword: 'himitsu' }],
  };
}

/** As large as a chunk may be, by what is announced: each makes one of its own, and the bodies are short. */
export const chunkEach: FakeMessage[] = Array.from({ length: 6 }, (_, at) => ({
  uid: at + 1,
  body: letter(at, 900 + at),
  size: 20 * 1024 * 1024,
}));
