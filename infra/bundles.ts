import { cpSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { deployedSettings } from './deployed-settings.ts';
import { handlers } from './handlers.ts';

const root = join(import.meta.dirname, '..');
const fonts = 'node_modules/@expo-google-fonts/noto-sans-jp';
const fontFiles = [
  'package.json',
  'LICENSE_FONT',
  '400Regular/NotoSansJP_400Regular.ttf',
  '700Bold/NotoSansJP_700Bold.ttf',
];

/** CommonJS packages inside an ES module still ask for these. */
const commonJs = `import { createRequire } from 'node:module';
const require = createRequire(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname;`;

/**
 * Writes `<folder>/<handler>/index.mjs` for every handler: one run of the local esbuild, which reads each source once, where
 * aws-lambda-nodejs would start npx for each function. No container, no network. The AWS SDK is bundled: what runs is what
 * was pinned and tested, not what the runtime brings, and a cold start reads one file.
 */
export function writeBundles(entries: ReadonlyMap<string, string>, folder: string): void {
  buildSync({
    absWorkingDir: root,
    entryPoints: [...entries].map(([name, entry]) => ({ in: entry, out: `${name}/index` })),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    banner: { js: commonJs },
    minify: true,
    // Names of errors reach logs and state machines.
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    // ssh2 tries these and does without; they are compiled for the machine that builds.
    external: ['cpu-features', '*.node'],
    // What was checked at synthesis is what runs: aws/ports.ts reads it under this name.
    define: { 'process.env.HIKKOSHI_SETTINGS_JSON': JSON.stringify(JSON.stringify(deployedSettings())) },
    logLevel: 'error',
  });
  for (const handler of handlers.filter((one) => one.fonts)) copyFonts(join(folder, handler.name));
}

/** To the path where npm has them: the letters ask for them by the package's name. */
function copyFonts(bundle: string): void {
  for (const file of fontFiles) {
    const target = join(bundle, fonts, file);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(root, fonts, file), target);
  }
}
