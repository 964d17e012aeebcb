import type { Construct } from 'constructs';
import type { Handler } from './handlers.ts';
import { liveAlias, machineArn } from './machine-names.ts';
import type { World } from './reach.ts';
import { machines } from './state-language.ts';

/** What every handler finds in its environment: names and places, never a secret. functions/aws/ports.ts reads them. */
export function environment(scope: Construct, handler: Handler, world: World): Record<string, string> {
  const { keys, records, storage, secrets, mail, events, signIn } = world;
  return {
    TABLE_NAME: records.table.tableName,
    TEMPORARY_BUCKET: storage.temporary.bucketName,
    RECORDS_BUCKET: storage.records.bucketName,
    VAULT_PREFIX: secrets.vaultPrefix,
    VAULT_KEY: keys.data.keyArn,
    ...(handler.reaches.includes('link-key') && { LINK_KEY_SECRET: secrets.linkKey.secretArn }),
    MAIL_FROM: mail.from,
    MAIL_CONFIGURATION_SET: mail.configurationSetName,
    EVENT_BUS: events.bus.eventBusName,
    USER_POOL_ID: signIn.pool.userPoolId,
    USER_POOL_CLIENT_ID: signIn.client.userPoolClientId,
    SIGN_IN_ADDRESS: signIn.domain,
    ...Object.fromEntries(
      machines.map((machine) => [
        `${machine.replace('-', '_').toUpperCase()}_MACHINE`,
        `${machineArn(scope, machine)}:${liveAlias}`,
      ]),
    ),
    // Gigabytes pass through a mover's young generation: left to itself it keeps some 100 MB of garbage.
    NODE_OPTIONS: '--enable-source-maps --max-semi-space-size=8',
    POWERTOOLS_SERVICE_NAME: 'hikkoshi',
  };
}
