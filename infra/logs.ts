import { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** Three months, as long as Step Functions keeps its history: the two are read together. */
export const logRetention = RetentionDays.THREE_MONTHS;

/** Every log group of the product: retention, key, and gone with the stack (contract records are not in logs). */
export function logGroup(scope: Construct, id: string, key: IKey, logGroupName?: string): LogGroup {
  return new LogGroup(scope, id, {
    retention: logRetention,
    encryptionKey: key,
    removalPolicy: RemovalPolicy.DESTROY,
    ...(logGroupName && { logGroupName }),
  });
}
