import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { TransientError } from '../case/errors.ts';
import type { Vault } from '../case/ports.ts';
import { checkSecret, checkSecretCase } from '../case/vault-name.ts';
import { queryItems } from './query.ts';
import { caseKey, secretKey } from './table.ts';

/** Secrets Manager takes no empty value. */
const encode = (value: string) => `=${value}`;

/** A name that was deleted can be taken again after a while; AWS says "a short time". Milliseconds. */
const waits = [500, 1000, 2000, 4000, 8000];

/**
 * One secret for each case and name. Which names a case has is kept in the table, and written before the secret: ListSecrets
 * may miss the last five minutes, and an erasure must not.
 */
export function secretsManagerVault(
  client: SecretsManagerClient,
  options: { prefix: string; keyId?: string | undefined; table: DynamoDBDocumentClient; tableName: string },
): Vault {
  const { prefix, keyId, table, tableName: TableName } = options;
  const idOf = (caseId: string, name: string) => `${prefix}/${caseId}/${name}`;

  async function store(SecretId: string, SecretString: string): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        await client.send(new PutSecretValueCommand({ SecretId, SecretString }));
        return;
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
      try {
        const create = new CreateSecretCommand({
          Name: SecretId,
          SecretString,
          ...(keyId && { KmsKeyId: keyId }),
        });
        await client.send(create);
        return;
      } catch (error) {
        if (!isTaken(error)) throw error;
        if (attempt === waits.length) {
          throw new TransientError(
            'Credentials that were erased a moment ago block their successor. Nothing was stored.',
          );
        }
        await sleep(waits[attempt]);
      }
    }
  }

  return {
    async put(caseId, name, value) {
      checkSecret(caseId, name, value);
      await table.send(new PutCommand({ TableName, Item: secretKey(caseId, name) }));
      await store(idOf(caseId, name), encode(value));
    },
    async get(caseId, name) {
      checkSecret(caseId, name);
      try {
        const { SecretString } = await client.send(
          new GetSecretValueCommand({ SecretId: idOf(caseId, name) }),
        );
        return SecretString?.slice(1);
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async erase(caseId) {
      checkSecretCase(caseId);
      const found = await queryItems(table, Number.POSITIVE_INFINITY, {
        TableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :secret)',
        ExpressionAttributeValues: { ':pk': caseKey(caseId).pk, ':secret': 'SECRET#' },
        ConsistentRead: true,
      });
      for (const item of found) {
        const name = (item.sk as string).slice('SECRET#'.length);
        const remove = new DeleteSecretCommand({
          SecretId: idOf(caseId, name),
          ForceDeleteWithoutRecovery: true,
        });
        await client.send(remove).catch((error: unknown) => {
          if (!isMissing(error)) throw error;
        });
        await table.send(new DeleteCommand({ TableName, Key: secretKey(caseId, name) }));
      }
      return found.length;
    },
  };
}

/** Not there, or on its way out. */
function isMissing(error: unknown): boolean {
  const { name, message } = error as Error;
  return (
    name === 'ResourceNotFoundException' || (name === 'InvalidRequestException' && /delet/i.test(message))
  );
}

/** Being deleted still, or made by another process since we looked. */
function isTaken(error: unknown): boolean {
  return (error as Error).name === 'ResourceExistsException' || isMissing(error);
}
