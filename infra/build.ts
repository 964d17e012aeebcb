import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, type AppProps, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { deployedSettings } from './deployed-settings.ts';
import { Hikkoshi } from './stack.ts';

const root = join(import.meta.dirname, '..');

/** CDK's switches, from where its command line takes them, so that both ways of synthesis agree. */
const cdkJson = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as {
  context: Record<string, unknown>;
};

export interface BuildOptions extends Pick<AppProps, 'outdir'> {
  context?: Record<string, unknown>;
  /** Folder with a file for each handler. */
  handlers?: string;
  /** cdk-nag's rules; false only where a test looks at the template and another at the findings. */
  checked?: boolean;
}

/**
 * The app, not yet synthesized. Account and region stay open: one assembly can go anywhere. Context
 * `certificate` is the ARN for the address of the settings. Synthesis throws when cdk-nag or
 * CloudFormation's own schema find anything that is not acknowledged.
 */
export function build(options: BuildOptions = {}): { app: App; stack: Hikkoshi } {
  const app = new App({
    ...(options.outdir && { outdir: options.outdir }),
    context: { ...cdkJson.context, ...options.context },
    analyticsReporting: false,
  });
  const stack = new Hikkoshi(app, 'Hikkoshi', {
    // The same file that the handlers carry.
    settings: deployedSettings(),
    handlers: options.handlers ?? join(root, 'functions'),
    certificateArn: app.node.tryGetContext('certificate'),
    postgresqlLayerArn: app.node.tryGetContext('postgresql-layer'),
    description: 'hikkoshi: from the hearing sheet to the invoice, and the data itself',
    terminationProtection: true,
  });
  Tags.of(app).add('product', 'hikkoshi');
  if (options.checked ?? true) Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return { app, stack };
}
