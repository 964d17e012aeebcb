import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import sample from '../../functions/case/settings.sample.json' with { type: 'json' };
import { template } from './template.ts';

interface Index {
  IndexName: string;
  KeySchema: { AttributeName: string }[];
  Projection: { ProjectionType: string };
}

const made = template();
const resources = (type: string) => Object.entries(made.findResources(type));

describe('the table', () => {
  test('can be restored, cannot be deleted, is encrypted with our key and streams new items', () => {
    made.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: Match.anyValue() },
        StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      },
    });
  });

  test('has the keys and indexes that its reader uses, and no index holds a task token', () => {
    const [, table] = resources('AWS::DynamoDB::Table')[0]!;
    const { KeySchema, GlobalSecondaryIndexes } = table.Properties;
    expect(KeySchema).toEqual([
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ]);
    const shapes = (GlobalSecondaryIndexes as Index[]).map((index) => [
      index.IndexName,
      index.KeySchema.map((key) => key.AttributeName),
      index.Projection.ProjectionType,
    ]);
    expect(shapes).toEqual([
      ['by-update', ['listed', 'updatedKey'], 'INCLUDE'],
      ['by-actor', ['waitingFor', 'updatedKey'], 'INCLUDE'],
      ['by-reminder', ['remind', 'reminderKey'], 'KEYS_ONLY'],
      ['by-attempt', ['pending', 'attemptKey'], 'INCLUDE'],
    ]);
  });
});

describe('the buckets', () => {
  const buckets = resources('AWS::S3::Bucket');
  const bucket = (begins: string) => buckets.find(([id]) => id.startsWith(begins))![1].Properties;

  test('none is public, each refuses plain HTTP, and none goes away with the stack', () => {
    expect(buckets).toHaveLength(3);
    for (const [id, { Properties, DeletionPolicy }] of buckets) {
      expect([id, Properties.PublicAccessBlockConfiguration]).toEqual([
        id,
        {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      ]);
      expect([id, DeletionPolicy]).toEqual([id, 'Retain']);
      made.hasResourceProperties('AWS::S3::BucketPolicy', {
        Bucket: { Ref: id },
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          ]),
        },
      });
    }
  });

  test('temporary copies: no versions, deleted after the days of the settings, encrypted with our key', () => {
    const { VersioningConfiguration, LifecycleConfiguration, BucketEncryption } = bucket('StorageTemporary');
    expect(VersioningConfiguration).toBeUndefined();
    expect(LifecycleConfiguration.Rules).toEqual([
      {
        Status: 'Enabled',
        ExpirationInDays: sample.temporaryCopyDays,
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
      },
    ]);
    expect(JSON.stringify(BucketEncryption)).toContain('aws:kms');
  });

  test('records: versions, never deleted while current, encrypted with our key', () => {
    const { VersioningConfiguration, LifecycleConfiguration, BucketEncryption } = bucket('StorageRecords');
    expect(VersioningConfiguration).toEqual({ Status: 'Enabled' });
    expect(JSON.stringify(LifecycleConfiguration)).not.toContain('"ExpirationInDays"');
    expect(JSON.stringify(BucketEncryption)).toContain('aws:kms');
  });

  test('an arriving survey is told to EventBridge', () => {
    expect(bucket('StorageTemporary').NotificationConfiguration).toEqual({
      EventBridgeConfiguration: { EventBridgeEnabled: true },
    });
    made.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: { object: { key: [{ prefix: 'temporary/surveys/' }] } },
      },
    });
  });
});

test('keys rotate, and stay', () => {
  const keys = resources('AWS::KMS::Key');
  expect(keys).toHaveLength(2);
  for (const [id, { Properties, DeletionPolicy }] of keys) {
    expect([id, Properties.EnableKeyRotation, DeletionPolicy]).toEqual([id, true, 'Retain']);
  }
});

test('no secret stands in the template', () => {
  made.hasResourceProperties('AWS::SecretsManager::Secret', { SecretString: Match.absent() });
  const text = JSON.stringify(made.toJSON());
  expect(text).not.toMatch(/AKIA[A-Z0-9]{16}|-----BEGIN|"(Password|SecretString|ClientSecret)":/);
});
