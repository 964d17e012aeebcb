import { type BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { Handler } from './handlers.ts';

const fonts = 'node_modules/@expo-google-fonts/noto-sans-jp';

/** CommonJS packages inside an ES module still ask for these. */
const banner =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); " +
  'const __filename = import.meta.filename; const __dirname = import.meta.dirname;';

/**
 * One file per handler, by the local esbuild: no container, no network.
 * The AWS SDK is bundled, not the runtime's: what runs is what was tested and pinned, and a cold start reads one file.
 */
export function bundling(handler: Handler): BundlingOptions {
  return {
    format: OutputFormat.ESM,
    target: 'node24',
    minify: true,
    // Minified classes lose their names, and error names reach logs and state machines.
    keepNames: true,
    sourceMap: true,
    sourcesContent: false,
    mainFields: ['module', 'main'],
    banner: `"${banner}"`,
    // ssh2 tries these and does without; they are compiled for the machine that builds.
    externalModules: ['cpu-features', '*.node'],
    environment: { NODE_ENV: 'production' },
    commandHooks: {
      beforeBundling: () => [],
      beforeInstall: () => [],
      afterBundling: (input, output) => (handler.fonts ? copyFonts(input, output) : []),
    },
  };
}

/** pdfkit reads the fonts from the path where npm has them. */
function copyFonts(input: string, output: string): string[] {
  const weights = ['400Regular/NotoSansJP_400Regular.ttf', '700Bold/NotoSansJP_700Bold.ttf'];
  return ['package.json', 'LICENSE_FONT', ...weights].map(
    (file) => `install -D -m 644 "${input}/${fonts}/${file}" "${output}/${fonts}/${file}"`,
  );
}
