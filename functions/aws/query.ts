import { type DynamoDBDocumentClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';

/** Up to `limit` items, over as many pages of 1 MB as that takes. */
export async function queryItems(
  client: DynamoDBDocumentClient,
  limit: number,
  query: QueryCommandInput,
): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  let next: Pick<QueryCommandInput, 'ExclusiveStartKey'> = {};
  do {
    const wanted = Math.min(limit - items.length, 1000);
    const page = await client.send(new QueryCommand({ ...query, ...next, Limit: wanted }));
    items.push(...(page.Items ?? []));
    next = page.LastEvaluatedKey ? { ExclusiveStartKey: page.LastEvaluatedKey } : {};
  } while (next.ExclusiveStartKey && items.length < limit);
  return items;
}
