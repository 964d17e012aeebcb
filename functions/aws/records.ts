import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import type { Case, HistoryEntry, OutboxEntry } from '../case/case.ts';
import { changeAsText, shortError, sortableInstant } from '../case/change-size.ts';
import { VersionConflictError } from '../case/errors.ts';
import type { CaseSummary, Change, Records } from '../case/ports.ts';
import { summaryOf } from '../case/summary.ts';
import { queryItems } from './query.ts';
import {
  afterInstant,
  caseKey,
  historyKey,
  linkKey,
  outboxKey,
  sortKey,
  timeToLiveAttribute,
} from './table.ts';

type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];
type Put = Omit<NonNullable<Write['Put']>, 'TableName'>;

/** How long after its task's deadline a link still leads to a page that explains. */
const linkDays = 180;

/** Records in one DynamoDB table (table.ts). */
export function dynamoRecords(client: DynamoDBDocumentClient, TableName: string): Records {
  return {
    async load(caseId) {
      const { Item } = await client.send(
        new GetCommand({ TableName, Key: caseKey(caseId), ConsistentRead: true }),
      );
      return Item && (JSON.parse(Item.data as string) as Case);
    },
    async commit(change) {
      const TransactItems = writes(change).map((put): Write => ({ Put: { TableName, ...put } }));
      await client
        .send(new TransactWriteCommand({ TransactItems }))
        .catch((error: unknown) => explain(error, change));
    },
    async findLink(sha256) {
      const { Item } = await client.send(
        new GetCommand({ TableName, Key: linkKey(sha256), ConsistentRead: true }),
      );
      return Item && { caseId: Item.caseId as string, taskId: Item.taskId as string };
    },
    async list({ waitingFor, limit, after }) {
      const found = await queryItems(client, limit + 1, {
        TableName,
        IndexName: waitingFor ? 'by-actor' : 'by-update',
        KeyConditionExpression: '#partition = :partition AND updatedKey < :after',
        ExpressionAttributeNames: { '#partition': waitingFor ? 'waitingFor' : 'listed' },
        ExpressionAttributeValues: { ':partition': waitingFor ?? 'cases', ':after': readCursor(after) },
        ScanIndexForward: false,
      });
      const page = found.slice(0, limit);
      const last = page.at(-1);
      return {
        cases: page.map((item) => JSON.parse(item.summary as string) as CaseSummary),
        ...(found.length > limit &&
          last && { next: Buffer.from(last.updatedKey as string).toString('base64url') }),
      };
    },
    async history(caseId) {
      const found = await queryItems(client, Number.POSITIVE_INFINITY, {
        TableName,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :history)',
        ExpressionAttributeValues: { ':pk': caseKey(caseId).pk, ':history': 'HISTORY#' },
        ConsistentRead: true,
      });
      return found.map((item) => JSON.parse(item.data as string) as HistoryEntry);
    },
    async remindable(now, limit) {
      const found = await queryItems(client, limit, {
        TableName,
        IndexName: 'by-reminder',
        KeyConditionExpression: 'remind = :cases AND reminderKey < :after',
        ExpressionAttributeValues: { ':cases': 'cases', ':after': afterInstant(now.toISOString()) },
      });
      return found.map((item) => (item.pk as string).slice('CASE#'.length));
    },
    async pendingOutbox(now, limit) {
      const found = await queryItems(client, limit, {
        TableName,
        IndexName: 'by-attempt',
        KeyConditionExpression: 'pending = :outbox AND attemptKey < :after',
        ExpressionAttributeValues: { ':outbox': 'outbox', ':after': afterInstant(now.toISOString()) },
      });
      return found.map((item) => ({
        entry: JSON.parse(item.data as string) as OutboxEntry,
        attempts: item.attempts as number,
      }));
    },
    async settleOutbox(entry) {
      await client.send(new DeleteCommand({ TableName, Key: outboxKey(entry.caseId, entry.id) }));
    },
    async postponeOutbox(entry, nextAttemptAt, error) {
      const update = new UpdateCommand({
        TableName,
        Key: outboxKey(entry.caseId, entry.id),
        UpdateExpression: 'SET attemptKey = :key, #error = :error ADD attempts :one',
        // What was settled in the meantime stays settled.
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeNames: { '#error': 'error' },
        ExpressionAttributeValues: {
          ':key': sortKey(nextAttemptAt.toISOString(), entry.caseId, entry.id),
          ':error': shortError(error),
          ':one': 1,
        },
      });
      await client.send(update).catch((failure: Error) => {
        if (failure.name !== 'ConditionalCheckFailedException') throw failure;
      });
    },
  };
}

/** The case comes first: explain() counts on it. */
function writes(change: Change): Put[] {
  const text = changeAsText(change);
  const { case: one, expectedVersion } = change;
  const summary = summaryOf(one);
  const isNew = { ConditionExpression: 'attribute_not_exists(pk)' };
  const isCurrent = {
    ConditionExpression: 'version = :expected',
    ExpressionAttributeValues: { ':expected': expectedVersion },
  };
  const caseItem = {
    ...caseKey(one.id),
    version: expectedVersion + 1,
    data: text.case,
    summary: JSON.stringify(summary),
    listed: 'cases',
    waitingFor: summary.waitingFor,
    updatedKey: sortKey(sortableInstant(one.updatedAt), one.id),
    ...(one.nextReminderAt && {
      remind: 'cases',
      reminderKey: sortKey(sortableInstant(one.nextReminderAt), one.id),
    }),
  };
  const history = change.history.map((entry, index) => ({
    Item: { ...historyKey(one.id, entry.number), data: text.history[index]! },
    ...isNew,
  }));
  const outbox = change.outbox.map((entry, index) => ({
    Item: {
      ...outboxKey(one.id, entry.id),
      data: text.outbox[index]!,
      attempts: 0,
      pending: 'outbox',
      attemptKey: sortKey(sortableInstant(entry.createdAt), one.id, entry.id),
    },
    ...isNew,
  }));
  const links = change.links.map(({ sha256, taskId }): Put => {
    const dueAt = one.tasks.find((task) => task.id === taskId)?.dueAt;
    const expiresAt = dueAt && Math.ceil(Date.parse(dueAt) / 1000) + linkDays * 86_400;
    return {
      Item: {
        ...linkKey(sha256),
        caseId: one.id,
        taskId,
        ...(expiresAt && { [timeToLiveAttribute]: expiresAt }),
      },
      ConditionExpression: 'attribute_not_exists(pk) OR caseId = :case',
      ExpressionAttributeValues: { ':case': one.id },
    };
  });
  return [
    { Item: caseItem, ...(expectedVersion === 0 ? isNew : isCurrent) },
    ...history,
    ...outbox,
    ...links,
  ];
}

/** Which part of the transaction did not hold. In each case nothing was written. */
function explain(error: unknown, change: Change): never {
  if (!(error instanceof TransactionCanceledException)) throw error;
  const codes = error.CancellationReasons?.map((reason) => reason.Code) ?? [];
  if (codes[0] === 'ConditionalCheckFailed' || codes.includes('TransactionConflict')) {
    throw new VersionConflictError(
      `Case ${change.case.id} is no longer at version ${change.expectedVersion}.`,
    );
  }
  const failed = codes.indexOf('ConditionalCheckFailed');
  if (failed > change.history.length + change.outbox.length) {
    throw new Error('This link belongs to another case. Nothing was written.');
  }
  if (failed > 0) throw new Error(`Case ${change.case.id} has this entry already. Nothing was written.`);
  throw error;
}

/** A cursor comes back from a browser: anything odd is the first page. */
function readCursor(after: string | undefined): string {
  const key = Buffer.from(after ?? '', 'base64url').toString();
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z .{1,200}$/.test(key) ? key : '~';
}
