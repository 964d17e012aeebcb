import { afterAll, beforeAll } from '@jest/globals';
import { type Dovecot, type DovecotOptions, startDovecot } from '../../servers/dovecot.ts';

/** Folders below `INBOX.`, as old servers have them. */
export const belowInbox = { separator: '.', prefix: 'INBOX.' } as const;

/** A source and a target for the tests of one file: begun before the first, stopped after the last. */
export function twoServers(
  options: { users?: Record<string, string>; source?: DovecotOptions; target?: DovecotOptions } = {},
): { readonly source: Dovecot; readonly target: Dovecot } {
  const { users, source, target } = options;
  const servers: { source?: Dovecot; target?: Dovecot } = {};
  beforeAll(async () => {
    servers.source = await startDovecot({ ...(users && { users }), ...source });
    servers.target = await startDovecot({ ...(users && { users }), ...target });
  });
  afterAll(async () => {
    await servers.source?.stop();
    await servers.target?.stop();
  });
  return servers as Required<typeof servers>;
}
