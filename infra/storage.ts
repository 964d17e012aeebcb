import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  type CfnBucket,
  type IBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

/** Two buckets, because what is erased and what is kept must not share a lifecycle, versions or permissions. */
export class Storage extends Construct {
  /** `temporary/…`: staged copies, uploads, lists of chunks. */
  readonly temporary: Bucket;
  /** `records/…`: ledgers, quotes, certificates. */
  readonly records: Bucket;

  constructor(scope: Construct, id: string, props: { key: IKey; temporaryCopyDays: number }) {
    super(scope, id);
    const accessLogs = new Bucket(this, 'AccessLogs', {
      ...closed,
      // Log delivery cannot write to a bucket whose default is a customer-managed key.
      encryption: BucketEncryption.S3_MANAGED,
      lifecycleRules: [{ expiration: Duration.days(365) }],
    });
    this.temporary = new Bucket(this, 'Temporary', {
      ...closed,
      encryption: BucketEncryption.KMS,
      encryptionKey: props.key,
      bucketKeyEnabled: true,
      // R24: erased means erased. A version or a lock would keep what the customer was promised is gone.
      versioned: false,
      lifecycleRules: [
        {
          expiration: Duration.days(props.temporaryCopyDays),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
      serverAccessLogsBucket: accessLogs as IBucket,
      serverAccessLogsPrefix: 'temporary/',
    });
    // The property itself: CDK's own switch would deploy a Lambda function with rights on every bucket's notifications.
    (this.temporary.node.defaultChild as CfnBucket).notificationConfiguration = {
      eventBridgeConfiguration: { eventBridgeEnabled: true },
    };

    this.records = new Bucket(this, 'Records', {
      ...closed,
      encryption: BucketEncryption.KMS,
      encryptionKey: props.key,
      bucketKeyEnabled: true,
      // Evidence for the tax office and for disputes: an overwrite can be undone. Nothing here falls under erasure,
      // which deletes below `temporary/` only.
      versioned: true,
      lifecycleRules: [
        {
          noncurrentVersionExpiration: Duration.days(365),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
      serverAccessLogsBucket: accessLogs as IBucket,
      serverAccessLogsPrefix: 'records/',
    });
  }
}

const closed: BucketProps = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  removalPolicy: RemovalPolicy.RETAIN,
};
