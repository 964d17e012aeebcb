import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** One file, as it is deployed: peers are not compiled when they start either. Its folder is the caller's to remove. */
export function bundleOurs(entry: string): { script: string; folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'bench-ours-'));
  const script = join(folder, 'ours.mjs');
  buildSync({
    entryPoints: [entry],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    external: ['cpu-features', '*.node'],
    banner: {
      js:
        "import { createRequire } from 'node:module';" +
        'const require = createRequire(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname;',
    },
    logLevel: 'error',
  });
  return { script, folder };
}
