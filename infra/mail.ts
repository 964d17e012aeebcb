import { Stack } from 'aws-cdk-lib';
import {
  ConfigurationSet,
  ConfigurationSetTlsPolicy,
  EmailIdentity,
  Identity,
  SuppressionReasons,
} from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';

/** The sending domain (DKIM by SES) and how its mail goes out. */
export class Mail extends Construct {
  readonly identityArn: string;
  readonly configurationSetArn: string;
  readonly configurationSetName: string;
  /** The one address that may stand in From. */
  readonly from: string;

  constructor(scope: Construct, id: string, props: { domain: string; from: string }) {
    super(scope, id);
    const configurationSet = new ConfigurationSet(this, 'ConfigurationSet', {
      tlsPolicy: ConfigurationSetTlsPolicy.REQUIRE,
      reputationMetrics: true,
      // An address that bounced is not tried again: the sweep of the outbox reports it to staff.
      suppressionReasons: SuppressionReasons.BOUNCES_AND_COMPLAINTS,
    });
    const identity = new EmailIdentity(this, 'Identity', {
      identity: Identity.domain(props.domain),
      mailFromDomain: `bounce.${props.domain}`,
      configurationSet,
    });
    this.from = props.from;
    this.identityArn = identity.emailIdentityArn;
    this.configurationSetName = configurationSet.configurationSetName;
    this.configurationSetArn = Stack.of(this).formatArn({
      service: 'ses',
      resource: 'configuration-set',
      resourceName: configurationSet.configurationSetName,
    });
  }
}
