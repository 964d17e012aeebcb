import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Settings } from '../functions/case/settings.ts';
import { Alarms } from './alarms.ts';
import { Events } from './events.ts';
import { Functions } from './functions.ts';
import { Keys } from './keys.ts';
import { Mail } from './mail.ts';
import { Records } from './records.ts';
import { Secrets } from './secrets.ts';
import { SignIn } from './sign-in.ts';
import { Storage } from './storage.ts';
import { Triggers } from './triggers.ts';
import { Web } from './web.ts';
import { Workflow } from './workflow.ts';

export interface HikkoshiProps extends StackProps {
  settings: Settings;
  /** Where the handlers are; one file each. */
  handlers: string;
  certificateArn?: string | undefined;
  /** A layer with pg_dump in `bin/` and its libraries in `lib/`: without it no PostgreSQL database moves. */
  postgresqlLayerArn?: string | undefined;
}

/** hikkoshi in one account and one region. Only wires its parts together. */
export class Hikkoshi extends Stack {
  constructor(scope: Construct, id: string, props: HikkoshiProps) {
    super(scope, id, props);
    const { settings } = props;
    const keys = new Keys(this, 'Keys');
    const records = new Records(this, 'Records', { key: keys.data });
    const storage = new Storage(this, 'Storage', {
      key: keys.data,
      temporaryCopyDays: settings.temporaryCopyDays,
    });
    const secrets = new Secrets(this, 'Secrets', { key: keys.data });
    const mail = new Mail(this, 'Mail', settings.mail);
    const events = new Events(this, 'Events');
    const signIn = new SignIn(this, 'SignIn', settings);
    const world = { keys, records, storage, secrets, mail, events, signIn };
    const functions = new Functions(this, 'Functions', {
      world,
      directory: props.handlers,
      postgresqlLayerArn: props.postgresqlLayerArn,
    });
    const workflow = new Workflow(this, 'Workflow', { functions, storage, keys });
    const web = new Web(this, 'Web', {
      functions,
      keys,
      baseUrl: settings.baseUrl,
      certificateArn: props.certificateArn,
    });
    new Triggers(this, 'Triggers', { functions, records, storage, events });
    new Alarms(this, 'Alarms', { keys, workflow, functions, events, web, address: settings.mail.staff });
    new CfnOutput(this, 'Address', { value: web.address });
    new CfnOutput(this, 'BusinessEvents', { value: events.business.queueUrl });
  }
}
