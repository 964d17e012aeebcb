import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Schedule, ScheduleExpression, ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import { grant } from './acknowledge.ts';
import type { Events } from './events.ts';
import type { Functions, HandlerFunction } from './functions.ts';
import { outboxPrefix, type Records } from './records.ts';
import type { Storage } from './storage.ts';

interface TriggersProps {
  functions: Functions;
  records: Records;
  storage: Storage;
  events: Events;
}

/** What runs without anybody's request: the outbox's stream, arriving surveys, the two sweeps. */
export class Triggers extends Construct {
  constructor(scope: Construct, id: string, props: TriggersProps) {
    super(scope, id);
    const outbox = props.functions.get('deliver-outbox');
    this.#stream(outbox, props);
    this.#upload(props.functions.get('receive-survey'), props);
    const group = new ScheduleGroup(this, 'Sweeps');
    // What the stream gave up on, or postponed, goes out with the sweep.
    this.#sweep('Outbox', Duration.minutes(1), outbox, group, props);
    this.#sweep('Reminders', Duration.minutes(10), props.functions.get('send-reminders'), group, props);
    for (const made of props.functions.all()) {
      if (made.handler.startedBy === 'workflow' || made.handler.startedBy === 'web') continue;
      const { invocations } = props.events.failed;
      made.alias.configureAsyncInvoke({
        onFailure: new SqsDestination(invocations),
        // A sweep that had to wait for longer has been overtaken by the next ones.
        ...(made.handler.startedBy === 'upload'
          ? { maxEventAge: Duration.hours(6), retryAttempts: 2 }
          : { maxEventAge: Duration.minutes(5), retryAttempts: 0 }),
      });
    }
  }

  /** An outbox entry is delivered within a second of its transaction. */
  #stream(outbox: HandlerFunction, { records, events }: TriggersProps): void {
    const { table } = records;
    grant(outbox.role, {
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      resources: [table.tableStreamArn!],
    });
    grant(outbox.role, {
      actions: ['dynamodb:ListStreams'],
      resources: [`${table.tableArn}/stream/*`],
      because: 'Listing is asked about all streams of the one table.',
    });
    new EventSourceMapping(this, 'Stream', {
      target: outbox.alias,
      eventSourceArn: table.tableStreamArn!,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 10,
      bisectBatchOnError: true,
      retryAttempts: 5,
      maxRecordAge: Duration.hours(1),
      onFailure: new SqsDlq(events.failed.outbox),
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.isEqual('INSERT'),
          dynamodb: { Keys: { sk: { S: FilterRule.beginsWith(outboxPrefix) } } },
        }),
      ],
    });
  }

  /** A file that arrives below temporary/surveys/ completes the survey. */
  #upload(survey: HandlerFunction, { storage, events }: TriggersProps): void {
    new Rule(this, 'SurveyUploaded', {
      description: 'A survey report has arrived',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [storage.temporary.bucketName] },
          object: { key: [{ prefix: 'temporary/surveys/' }] },
        },
      },
      targets: [
        new LambdaFunction(survey.alias, {
          deadLetterQueue: events.failed.rules,
          maxEventAge: Duration.hours(24),
          retryAttempts: 185,
        }),
      ],
    });
  }

  #sweep(
    id: string,
    every: Duration,
    swept: HandlerFunction,
    scheduleGroup: ScheduleGroup,
    { events }: TriggersProps,
  ): void {
    new Schedule(this, id, {
      schedule: ScheduleExpression.rate(every),
      scheduleGroup,
      target: new LambdaInvoke(swept.alias, {
        deadLetterQueue: events.failed.schedules,
        // The next sweep does the same work: an old one is of no use.
        maxEventAge: every,
        retryAttempts: 1,
      }),
    });
  }
}
