import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Vault } from '../../functions/case/ports.ts';
import { checkSecret, checkSecretCase } from '../../functions/case/vault-name.ts';

/** File: 12 bytes nonce, 16 bytes tag, the rest AES-256-GCM. Case and name are authenticated: files cannot be swapped. */
const nonceBytes = 12;
const tagBytes = 16;

/** Secrets as encrypted files below `folder`, under a key that is made at the first start and never leaves it. */
export function fileVault(folder: string): Vault {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const masterKey = keyFile(join(folder, 'master.key'));
  const caseFolder = (caseId: string) => join(folder, 'secrets', fileName(caseId));
  const bound = (caseId: string, name: string) => Buffer.from(`${caseId}\0${name}`);

  return {
    async put(caseId, name, value) {
      checkSecret(caseId, name, value);
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', masterKey, nonce).setAAD(bound(caseId, name));
      const encrypted = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
      const path = join(caseFolder(caseId), fileName(name));
      const temporary = `${path}~${randomBytes(8).toString('hex')}`;
      await mkdir(caseFolder(caseId), { recursive: true, mode: 0o700 });
      await writeFile(temporary, Buffer.concat([nonce, cipher.getAuthTag(), encrypted]), {
        mode: 0o600,
        flush: true,
      });
      await rename(temporary, path);
    },
    async get(caseId, name) {
      checkSecret(caseId, name);
      const file = await readFile(join(caseFolder(caseId), fileName(name))).catch(ignoreMissing);
      if (!file) return undefined;
      const decipher = createDecipheriv('aes-256-gcm', masterKey, file.subarray(0, nonceBytes))
        .setAAD(bound(caseId, name))
        .setAuthTag(file.subarray(nonceBytes, nonceBytes + tagBytes));
      return (
        decipher.update(file.subarray(nonceBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8')
      );
    },
    async erase(caseId) {
      checkSecretCase(caseId);
      const names = (await readdir(caseFolder(caseId)).catch(ignoreMissing)) ?? [];
      for (const name of names) await overwriteAndRemove(join(caseFolder(caseId), name));
      await rmdir(caseFolder(caseId)).catch(ignoreMissing);
      return names.filter((name) => !name.includes('~')).length;
    },
  };
}

/** Some file systems do not tell a from A. */
const fileName = (name: string) => name.replace(/[A-Z]/g, (letter) => `=${letter.toLowerCase()}`);

async function overwriteAndRemove(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    await file.write(randomBytes(size), 0, size, 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await rm(path);
}

/** 32 random bytes, made once: `link` never replaces a key that another process has just put there. */
export function keyFile(path: string): Buffer {
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    return whole(readFileSync(path), path);
  } catch (error) {
    ignoreMissing(error);
  }
  writeFileSync(temporary, randomBytes(32), { mode: 0o600, flush: true });
  try {
    linkSync(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(temporary);
  }
  return whole(readFileSync(path), path);
}

function whole(key: Buffer, path: string): Buffer {
  if (key.length !== 32) {
    throw new Error(
      `${path} is not a key of 32 bytes. Nothing was changed: put back the file from your backup.`,
    );
  }
  return key;
}

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
