import { randomBytes } from 'node:crypto';
import { TerminalError } from '../case/errors.ts';
import type { Vault } from '../case/ports.ts';

const name = 'data-key';

/**
 * The key (32 bytes) under which a case's staged copies lie. Made when it is missing, and destroyed with the case's
 * other secrets: from then on no copy of a staged object can be read, wherever it may be (threats.md, row 12).
 */
export async function dataKey(vault: Vault, caseId: string): Promise<Buffer> {
  let stored = await vault.get(caseId, name);
  if (stored === undefined) {
    await vault.put(caseId, name, randomBytes(32).toString('base64'));
    // Read back: when two make one at once, both use the one that stayed.
    stored = await vault.get(caseId, name);
  }
  return checked(stored ?? '');
}

/** The same key where there is one: who only looks makes none. */
export async function storedDataKey(vault: Vault, caseId: string): Promise<Buffer | undefined> {
  const stored = await vault.get(caseId, name);
  return stored === undefined ? undefined : checked(stored);
}

function checked(stored: string): Buffer {
  const key = Buffer.from(stored, 'base64');
  if (key.length !== 32) {
    throw new TerminalError(
      '一時コピーの暗号鍵が壊れているか消去済みです。移行を最初からやり直してください。',
    );
  }
  return key;
}
