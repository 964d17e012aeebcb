import * as z from 'zod';

const name = z.string().min(1);
const machine = z
  .string()
  .regex(/^arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:stateMachine:[A-Za-z0-9_-]+:[A-Za-z0-9_-]+$/);

/** What infra/environment.ts gives every handler: names and places, never a secret. */
export const environment = z.object({
  TABLE_NAME: name,
  TEMPORARY_BUCKET: name,
  RECORDS_BUCKET: name,
  /** Secrets of a case are `${VAULT_PREFIX}/${caseId}/${name}`. */
  VAULT_PREFIX: name,
  /** Customer-managed key of the secrets; without it the account's own `aws/secretsmanager`. */
  VAULT_KEY: name.optional(),
  /** Only handlers that may read it get a `linkKey`. */
  LINK_KEY_SECRET: name.optional(),
  MAIL_FROM: z.email(),
  MAIL_CONFIGURATION_SET: name.optional(),
  EVENT_BUS: name,
  /** Aliases: an execution in flight keeps the version that it began with. */
  SIMPLE_QUOTE_MACHINE: machine,
  FORMAL_QUOTE_MACHINE: machine,
  ORDER_MACHINE: machine,
  TRANSFER_MACHINE: machine,
  WEB_SCAN_MACHINE: machine,
});
export type Environment = z.infer<typeof environment>;

/** Throws an error that names each missing or malformed variable, and no value. */
export function readEnvironment<T>(schema: z.ZodType<T>, variables: NodeJS.ProcessEnv): T {
  const read = schema.safeParse(variables);
  if (read.success) return read.data;
  const names = read.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new Error(
    `This function's environment lacks, or has malformed: ${names}. Deploy it again from infra/.`,
  );
}
