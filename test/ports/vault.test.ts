import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Vault } from '../../functions/case/ports.ts';
import { implementations } from './implementations.ts';

describe.each(implementations)('vault on $name', (implementation) => {
  let vault: Vault;
  let stop: () => Promise<void>;
  beforeAll(async () => {
    ({ port: vault, stop } = await implementation.vault());
  });
  afterAll(() => stop?.());

  test('a secret comes back as it was, and the later value counts', async () => {
    expect(await vault.get('C-1', 'source-web')).toBeUndefined();
    await vault.put('C-1', 'source-web', '{"password":"髙﨑𠮷 first"}');
    await vault.put('C-1', 'source-web', '{"password":"髙﨑𠮷 second"}');
    expect(await vault.get('C-1', 'source-web')).toBe('{"password":"髙﨑𠮷 second"}');
    expect(await vault.get('C-1', 'source-mail')).toBeUndefined();
    expect(await vault.get('C-2', 'source-web')).toBeUndefined();
    await vault.put('C-1', 'empty', '');
    await vault.put('C-1', 'long', '長'.repeat(21_000));
    expect(await vault.get('C-1', 'empty')).toBe('');
    expect(await vault.get('C-1', 'long')).toHaveLength(21_000);
  });

  test('erasing takes all secrets of the case and of no other', async () => {
    for (let number = 0; number < 25; number++) await vault.put('E-1', `key-${number}`, 'secret');
    await vault.put('E-10', 'key-1', 'of a neighbour');
    await vault.put('e-1', 'key-1', 'of another neighbour');
    expect(await vault.erase('E-1')).toBe(25);
    expect(await vault.get('E-1', 'key-0')).toBeUndefined();
    expect(await vault.get('E-1', 'key-24')).toBeUndefined();
    expect(await vault.get('E-10', 'key-1')).toBe('of a neighbour');
    expect(await vault.get('e-1', 'key-1')).toBe('of another neighbour');
    expect(await vault.erase('E-1')).toBe(0);
  });

  test('after an erasure credentials can be collected again', async () => {
    await vault.put('A-1', 'source-web', 'for the survey');
    await vault.erase('A-1');
    await vault.put('A-1', 'source-web', 'for the migration');
    expect(await vault.get('A-1', 'source-web')).toBe('for the migration');
  });

  test('names lead nowhere else, and no refusal repeats the value', async () => {
    for (const name of ['', '..', '../C-1', 'a/b', 'a\\b', '.hidden', 'a\0b', 'a~b', '髙', 'x'.repeat(129)]) {
      for (const [caseId, secret] of [
        [name, 'key'],
        ['C-1', name],
      ] as const) {
        const refusal = await vault.put(caseId, secret, 'planted-value').catch((error: Error) => error);
        expect(refusal).toMatchObject({ name: 'TerminalError' });
        expect(String((refusal as Error).message)).not.toContain('planted-value');
        await expect(vault.get(caseId, secret)).rejects.toMatchObject({ name: 'TerminalError' });
      }
      await expect(vault.erase(name)).rejects.toMatchObject({ name: 'TerminalError' });
    }
    await expect(vault.put('C-1', 'large', 'x'.repeat(65_537))).rejects.toMatchObject({
      name: 'TerminalError',
    });
  });
});
