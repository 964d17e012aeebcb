import { build } from './build.ts';

/** `npm run synth`, and cdk.json's "app" for `cdk deploy`: the command line says where the assembly goes. */
build({ outdir: process.env.CDK_OUTDIR ?? 'cdk.out' }).app.synth();
