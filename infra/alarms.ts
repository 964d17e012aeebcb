import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Events } from './events.ts';
import type { Functions } from './functions.ts';
import type { Keys } from './keys.ts';
import type { Web } from './web.ts';
import type { Workflow } from './workflow.ts';

interface AlarmsProps {
  keys: Keys;
  workflow: Workflow;
  functions: Functions;
  events: Events;
  web: Web;
  /** Who is told. */
  address: string;
}

/** What nobody would notice otherwise: States.ALL does not catch States.Runtime, and a dead letter makes no noise. */
export class Alarms extends Construct {
  readonly #topic: Topic;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.#topic = new Topic(this, 'Topic', { masterKey: props.keys.operations, enforceSSL: true });
    this.#topic.addSubscription(new EmailSubscription(props.address));
    const period = Duration.minutes(5);

    for (const [machine, made] of props.workflow.machines) {
      this.#alarm(
        `${machine} failed`,
        made.metricFailed({ period }),
        0,
        'Redrive the execution when the cause is gone.',
      );
      this.#alarm(`${machine} timed out`, made.metricTimedOut({ period }), 0, 'No case may wait for a year.');
      this.#alarm(
        `${machine} aborted`,
        made.metricAborted({ period }),
        0,
        'Somebody stopped an execution by hand.',
      );
    }
    for (const [name, queue] of Object.entries(props.events.failed)) {
      const depth = queue.metricApproximateNumberOfMessagesVisible({ period, statistic: Stats.MAXIMUM });
      this.#alarm(
        `${name} dead letters`,
        depth,
        0,
        'A delivery failed for good. Read it, mend the cause, send it again.',
      );
    }
    for (const { handler, alias } of props.functions.all()) {
      // The flows retry their own functions, and alarm when that was not enough.
      if (handler.startedBy === 'workflow') continue;
      this.#alarm(
        `${handler.name} errors`,
        alias.metricErrors({ period }),
        2,
        'Read the log of the function.',
      );
      // One at a time means that the next one waits.
      if (handler.oneAtATime) continue;
      this.#alarm(
        `${handler.name} throttled`,
        alias.metricThrottles({ period }),
        0,
        'The account’s concurrency is used up.',
      );
    }
    this.#outbox(props.functions, period);
    this.#alarm(
      'pages fail',
      props.web.api.metricServerError({ period, statistic: Stats.SUM }),
      2,
      'Customers see an error page.',
    );
    // SES reviews a sender at 5 % bounces and at 0.1 % complaints; being told at that point is too late.
    this.#alarm('mail bounces', sesMetric('BounceRate'), 0.03, 'SES stops senders whose mail bounces.');
    this.#alarm(
      'mail complaints',
      sesMetric('ComplaintRate'),
      0.0005,
      'SES stops senders who are reported as spam.',
    );
  }

  /** Entries that wait: behind the stream, and those that each attempt postpones (the sweep logs the oldest). */
  #outbox(functions: Functions, period: Duration): void {
    const outbox = functions.get('deliver-outbox');
    const iterator = outbox.alias.metric('IteratorAge', { period, statistic: Stats.MAXIMUM });
    this.#alarm('outbox stream is late', iterator, 10 * 60_000, 'Entries wait for more than ten minutes.');
    const waiting = new MetricFilter(this, 'OldestOutboxEntry', {
      logGroup: outbox.logGroup,
      filterPattern: FilterPattern.numberValue('$.oldestOutboxSeconds', '>=', 0),
      metricNamespace: 'hikkoshi',
      metricName: 'OldestOutboxSeconds',
      metricValue: '$.oldestOutboxSeconds',
    });
    const oldest = waiting.metric({ period, statistic: Stats.MAXIMUM });
    this.#alarm(
      'outbox entry is old',
      oldest,
      60 * 60,
      'A mail, an event or a result has not gone out for an hour.',
    );
  }

  #alarm(name: string, metric: IMetric, threshold: number, whatToDo: string): void {
    const alarm = new Alarm(
      this,
      name.replace(/(?:^|[ -])(\w)/g, (_, letter: string) => letter.toUpperCase()),
      {
        metric,
        threshold,
        evaluationPeriods: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
        alarmDescription: `${name}. ${whatToDo}`,
      },
    );
    alarm.addAlarmAction(new SnsAction(this.#topic));
  }
}

function sesMetric(name: string): Metric {
  return new Metric({
    namespace: 'AWS/SES',
    metricName: `Reputation.${name}`,
    statistic: Stats.AVERAGE,
    period: Duration.hours(1),
  });
}
