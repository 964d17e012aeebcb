import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { eventSource } from '../../functions/aws/events.ts';
import { handlers } from '../../infra/handlers.ts';
import { root, template } from './template.ts';

const made = template();
const resources = (type: string) => Object.entries(made.findResources(type));
const failed = (begins: string) => ({ 'Fn::GetAtt': [Match.stringLikeRegexp(`^Events${begins}`), 'Arn'] });

describe('what fails for good is kept and told', () => {
  test('the outbox’s stream', () => {
    made.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      DestinationConfig: { OnFailure: { Destination: failed('FailedOutbox') } },
      BisectBatchOnFunctionError: true,
      FilterCriteria: { Filters: [{ Pattern: Match.stringLikeRegexp('INSERT.*OUTBOX#') }] },
    });
  });

  test('every rule', () => {
    const targets = resources('AWS::Events::Rule').flatMap(([, { Properties }]) => Properties.Targets);
    expect(targets.length).toBeGreaterThan(1);
    expect(targets.filter((target: Record<string, unknown>) => !target.DeadLetterConfig)).toEqual([]);
  });

  test('every schedule', () => {
    const schedules = resources('AWS::Scheduler::Schedule').map(([, { Properties }]) => Properties);
    expect(schedules.map(({ ScheduleExpression }) => ScheduleExpression).sort()).toEqual([
      'rate(1 minute)',
      'rate(10 minutes)',
    ]);
    expect(schedules.filter(({ Target }) => !Target.DeadLetterConfig)).toEqual([]);
  });

  test('every invocation that nobody waits for', () => {
    const asynchronous = handlers.filter(({ startedBy }) =>
      ['upload', 'outbox', 'schedule'].includes(startedBy),
    );
    const configured = resources('AWS::Lambda::EventInvokeConfig').map(([, { Properties }]) => Properties);
    expect(configured).toHaveLength(asynchronous.length);
    for (const { DestinationConfig, Qualifier } of configured) {
      expect(DestinationConfig.OnFailure.Destination['Fn::GetAtt'][0]).toMatch(/^EventsFailedInvocations/);
      expect(JSON.stringify(Qualifier)).toContain('Alias');
    }
  });

  test('in queues that are encrypted, refuse plain HTTP, keep 14 days and raise an alarm', () => {
    const queues = resources('AWS::SQS::Queue');
    const dead = queues.filter(([id]) => id.startsWith('EventsFailed'));
    expect([queues.length, dead.length]).toEqual([6, 5]);
    for (const [id, { Properties }] of queues) {
      expect([id, Properties.SqsManagedSseEnabled, Properties.MessageRetentionPeriod]).toEqual([
        id,
        true,
        1_209_600,
      ]);
      made.hasResourceProperties('AWS::SQS::QueuePolicy', {
        Queues: [{ Ref: id }],
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
          ]),
        },
      });
    }
    for (const [id] of dead) {
      made.hasResourceProperties('AWS::CloudWatch::Alarm', {
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [id, 'QueueName'] } }],
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
      });
    }
  });
});

describe('business events', () => {
  test('reach the departments’ queue, and can be replayed', () => {
    made.hasResourceProperties('AWS::Events::Rule', {
      EventBusName: Match.anyValue(),
      EventPattern: { source: [eventSource] },
      Targets: [Match.objectLike({ Arn: failed('BusinessEvents') })],
    });
    made.hasResourceProperties('AWS::Events::Archive', {
      EventPattern: { source: [eventSource] },
      RetentionDays: 92,
    });
  });
});

describe('alarms', () => {
  const alarms = resources('AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);

  test('for each flow that fails, times out or is stopped', () => {
    const metrics = alarms
      .filter(({ Namespace }) => Namespace === 'AWS/States')
      .map(({ MetricName }) => MetricName);
    const each = (name: string) => [name, metrics.filter((metric) => metric === name).length];
    expect([each('ExecutionsFailed'), each('ExecutionsTimedOut'), each('ExecutionsAborted')]).toEqual([
      ['ExecutionsFailed', 5],
      ['ExecutionsTimedOut', 5],
      ['ExecutionsAborted', 5],
    ]);
  });

  test('for an outbox entry that does not go out, by the line that its handler logs', () => {
    made.hasResourceProperties('AWS::Logs::MetricFilter', {
      FilterPattern: Match.stringLikeRegexp(String.raw`\$\.oldestOutboxSeconds`),
      LogGroupName: { Ref: Match.stringLikeRegexp('^FunctionsDeliverOutboxLog') },
    });
    const handler = readFileSync(join(root, 'functions/deliver-outbox.ts'), 'utf8');
    expect(handler).toContain('JSON.stringify({ oldestOutboxSeconds:');
    expect(alarms.map(({ MetricName }) => MetricName)).toContain('OldestOutboxSeconds');
  });

  test('somebody hears each of them', () => {
    expect(alarms.filter(({ AlarmActions }) => AlarmActions?.length !== 1)).toEqual([]);
    made.resourceCountIs('AWS::SNS::Subscription', 1);
    made.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
  });

  test('and reads what to do', () => {
    expect(alarms.filter(({ AlarmDescription }) => !/\. .{15,}\.$/.test(AlarmDescription))).toEqual([]);
  });
});

describe('mail', () => {
  test('is sent over TLS, and bounces are watched', () => {
    made.hasResourceProperties('AWS::SES::ConfigurationSet', {
      DeliveryOptions: { TlsPolicy: 'REQUIRE' },
      ReputationOptions: { ReputationMetricsEnabled: true },
      SuppressionOptions: { SuppressedReasons: ['BOUNCE', 'COMPLAINT'] },
    });
    made.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'Reputation.BounceRate' });
  });
});
