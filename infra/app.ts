import { rmSync } from 'node:fs';
import { build } from './build.ts';

/** `npm run synth`, and cdk.json's "app": the CDK's command line says where the assembly goes, and tidies up itself. */
const outdir = process.env.CDK_OUTDIR ?? 'cdk.out';
if (!process.env.CDK_OUTDIR) rmSync(outdir, { recursive: true, force: true });
build({ outdir }).app.synth();
