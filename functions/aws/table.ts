/**
 * The one table. `pk` and `sk`, both text:
 *
 *   CASE#<id>   CASE              the case, with its version; `data` holds everything, task tokens included
 *   CASE#<id>   HISTORY#<number>  ten digits, so that text sorts as numbers do
 *   CASE#<id>   OUTBOX#<entry>    until it is settled
 *   CASE#<id>   SECRET#<name>     that the vault holds a secret of this name (never its value)
 *   LINK#<sha>  LINK              the task that a link opens; goes away by `expiresAt`
 *
 * The indexes are sparse, and hold no `data` of a case: a task token is in the table and nowhere else.
 */
export const caseKey = (caseId: string) => ({ pk: `CASE#${caseId}`, sk: 'CASE' });
export const historyKey = (caseId: string, number: number) => ({
  pk: `CASE#${caseId}`,
  sk: `HISTORY#${String(number).padStart(10, '0')}`,
});
export const outboxKey = (caseId: string, id: string) => ({ pk: `CASE#${caseId}`, sk: `OUTBOX#${id}` });
export const secretKey = (caseId: string, name: string) => ({ pk: `CASE#${caseId}`, sk: `SECRET#${name}` });
export const linkKey = (sha256: string) => ({ pk: `LINK#${sha256}`, sk: 'LINK' });

export interface Index {
  name: string;
  partitionKey: string;
  sortKey: string;
  /** Attributes besides the keys that the index holds; none: KEYS_ONLY, else INCLUDE. Never ALL. */
  nonKeyAttributes: string[];
}

export const indexes = [
  { name: 'by-update', partitionKey: 'listed', sortKey: 'updatedKey', nonKeyAttributes: ['summary'] },
  { name: 'by-actor', partitionKey: 'waitingFor', sortKey: 'updatedKey', nonKeyAttributes: ['summary'] },
  { name: 'by-reminder', partitionKey: 'remind', sortKey: 'reminderKey', nonKeyAttributes: [] },
  {
    name: 'by-attempt',
    partitionKey: 'pending',
    sortKey: 'attemptKey',
    nonKeyAttributes: ['data', 'attempts'],
  },
] as const satisfies readonly Index[];

/** Seconds since 1970: DynamoDB removes the item some time afterwards. */
export const timeToLiveAttribute = 'expiresAt';

/** An instant and what tells two of the same instant apart; ` ` sorts before every letter. */
export const sortKey = (instant: string, ...rest: string[]) => [instant, ...rest].join(' ');
/** Just after every key of `instant`. */
export const afterInstant = (instant: string) => `${instant}!`;
