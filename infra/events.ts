import { Duration } from 'aws-cdk-lib';
import { Archive, EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/**
 * What other departments receive: invoices, declines, completions. Their door is a queue, so that a system of theirs that
 * is down for a week-end misses nothing; the archive can replay a quarter. Delivery is at least once: `detail.id` is stable.
 */
export class Events extends Construct {
  readonly bus: EventBus;
  readonly business: Queue;
  /** Where each asynchronous delivery ends that failed for good. Alarmed on, kept for 14 days. */
  readonly failed: Readonly<Record<'outbox' | 'rules' | 'schedules' | 'invocations' | 'business', Queue>>;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.failed = {
      outbox: this.#deadLetters('FailedOutbox', 'places in the stream that the outbox gave up on'),
      rules: this.#deadLetters('FailedRules', 'events that EventBridge could not deliver'),
      schedules: this.#deadLetters('FailedSchedules', 'sweeps that the scheduler could not start'),
      invocations: this.#deadLetters('FailedInvocations', 'events whose handler failed each time'),
      business: this.#deadLetters('FailedBusinessEvents'),
    };
    this.bus = new EventBus(this, 'Bus', { description: 'Invoices, declines and completions' });
    new Archive(this, 'Archive', {
      sourceEventBus: this.bus,
      eventPattern: { source: [eventSource] },
      retention: Duration.days(92),
      description: 'To replay to a department that lost events',
    });
    this.business = new Queue(this, 'BusinessEvents', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      visibilityTimeout: Duration.minutes(5),
      deadLetterQueue: { queue: this.failed.business, maxReceiveCount: 10 },
    });
    new Rule(this, 'ToBusiness', {
      eventBus: this.bus,
      eventPattern: { source: [eventSource] },
      targets: [
        new SqsQueue(this.business, { deadLetterQueue: this.failed.rules, maxEventAge: Duration.hours(24) }),
      ],
    });
  }

  #deadLetters(id: string, holds?: string): Queue {
    const queue = new Queue(this, id, {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    // Where another queue names this one, cdk-nag sees by itself what it is.
    if (holds) {
      acknowledge(queue, 'AwsSolutions-SQS3', `This is a dead-letter queue itself: it holds ${holds}.`);
    }
    return queue;
  }
}

/** `source` of every event of ours; functions/aws/events.ts sets it. */
export const eventSource = 'hikkoshi';
