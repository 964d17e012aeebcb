import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AttributeDefinition, CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { indexes } from '../../functions/aws/table.ts';
import { freePort } from '../servers/free-port.ts';

/** AWS's own DynamoDB Local, as the npm package carries it. */
const folder = join(import.meta.dirname, '../../node_modules/amplify-dynamodb-simulator/emulator');
const tableName = 'hikkoshi';

/** Runs Java until its own input ends: when the test says so, and also when the test's process is killed. */
const untilInputEnds = 'exec 3<&0; java "$@" & java=$!; { read _; kill -9 $java; } <&3 & wait $java';

/** A new, empty table in memory. Throws, saying what to install, when Java 17 or the emulator is missing. */
export async function startDynamoDb() {
  checkInstalled();
  const port = await freePort();
  const args = [
    '-Xmx256m',
    `-Djava.library.path=${join(folder, 'DynamoDBLocal_lib')}`,
    '-jar',
    'DynamoDBLocal.jar',
  ];
  // It reports its use to AWS unless it is told not to.
  args.push('-inMemory', '-sharedDb', '-disableTelemetry', '-port', String(port));
  const java = spawn('sh', ['-c', untilInputEnds, 'sh', ...args], {
    cwd: folder,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let complaint = '';
  java.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2000);
  });

  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'ap-northeast-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  const stop = async () => {
    client.destroy();
    if (java.exitCode !== null) return;
    java.stdin.end();
    await once(java, 'exit');
  };
  try {
    await answers(
      port,
      () => java.exitCode === null,
      () => complaint,
    );
    await createTable(client);
  } catch (error) {
    await stop();
    throw error;
  }
  return { client, tableName, stop };
}

/** Until it takes a connection: two minutes at most. */
async function answers(port: number, lives: () => boolean, complaint: () => string): Promise<void> {
  for (let attempt = 1; attempt <= 1200; attempt++) {
    if (!lives()) throw new Error(`DynamoDB Local ended at once: ${complaint()}`);
    const socket = connect(port, '127.0.0.1');
    const open = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (open) return;
    await sleep(100);
  }
  throw new Error(`DynamoDB Local did not answer within two minutes: ${complaint()}`);
}

/** The table of functions/aws/table.ts, as infra/records.ts makes it. */
async function createTable(client: DynamoDBClient): Promise<void> {
  const names = new Set(['pk', 'sk', ...indexes.flatMap((index) => [index.partitionKey, index.sortKey])]);
  const keys = (partition: string, sort: string) => [
    { AttributeName: partition, KeyType: 'HASH' as const },
    { AttributeName: sort, KeyType: 'RANGE' as const },
  ];
  const create = new CreateTableCommand({
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...names].map(
      (AttributeName): AttributeDefinition => ({ AttributeName, AttributeType: 'S' }),
    ),
    KeySchema: keys('pk', 'sk'),
    GlobalSecondaryIndexes: indexes.map((index) => ({
      IndexName: index.name,
      KeySchema: keys(index.partitionKey, index.sortKey),
      Projection:
        index.nonKeyAttributes.length === 0
          ? { ProjectionType: 'KEYS_ONLY' }
          : { ProjectionType: 'INCLUDE', NonKeyAttributes: [...index.nonKeyAttributes] },
    })),
  });
  await client.send(create);
}

function checkInstalled(): void {
  if (!existsSync(join(folder, 'DynamoDBLocal.jar'))) {
    throw new Error('DynamoDB Local is missing: run `npm ci` (package amplify-dynamodb-simulator).');
  }
  let version = '';
  try {
    version = execFileSync('java', ['--version'], { encoding: 'utf8' });
  } catch {
    // Not there: as below.
  }
  if (Number(/(\d+)/.exec(version)?.[1] ?? 0) < 17) {
    throw new Error(
      'Java 17 or later is needed by DynamoDB Local, on which the AWS ports are tested. ' +
        'Install it (Debian: `apt-get install openjdk-17-jre-headless`) and run the tests again.',
    );
  }
}
