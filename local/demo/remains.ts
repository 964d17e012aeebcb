import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';

/**
 * Where one of the strings stands: files below the folder (the database with its write-ahead log among them), and rows of
 * every table, where a page boundary could hide it from a search by bytes. `except` is a folder of what is kept.
 */
export function remainsOf(
  folder: string,
  except: string,
  database: DatabaseSync,
  strings: Readonly<Record<string, string>>,
): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || path.startsWith(`${except}/`)) continue;
    const bytes = readFileSync(path);
    for (const [what, text] of Object.entries(strings))
      if (bytes.includes(text)) found.push(`${what}が ${relative(folder, path)} に残っています`);
  }
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  for (const { name } of tables) {
    for (const row of database.prepare(`SELECT * FROM "${name}"`).iterate()) {
      const values = Object.values(row).map((value) =>
        value instanceof Uint8Array ? Buffer.from(value) : String(value),
      );
      for (const [what, text] of Object.entries(strings))
        if (values.some((value) => value.includes(text))) found.push(`${what}が表 ${name} に残っています`);
    }
  }
  return found;
}
