import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/** The key of the links, and the names below which each case's credentials and data key come and go. */
export class Secrets extends Construct {
  readonly linkKey: Secret;
  /** Secrets of cases are called `${vaultPrefix}/…`; functions/aws/vault.ts makes and erases them. */
  readonly vaultPrefix: string;
  readonly vaultArn: string;

  constructor(scope: Construct, id: string, props: { key: IKey }) {
    super(scope, id);
    const stack = Stack.of(this);
    this.linkKey = new Secret(this, 'LinkKey', {
      description: 'Customers’ links are derived from it (functions/case/link-token.ts)',
      encryptionKey: props.key,
      removalPolicy: RemovalPolicy.RETAIN,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    acknowledge(
      this.linkKey,
      'AwsSolutions-SMG4',
      'Links are derived from this key: rotating it would break every link in every mailbox. Links expire with their steps.',
    );
    this.vaultPrefix = `${stack.stackName}/cases`;
    this.vaultArn = stack.formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      resourceName: `${this.vaultPrefix}/*`,
    });
  }
}
