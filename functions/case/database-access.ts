import * as z from 'zod';

/**
 * How to reach both ends of a database migration. Kept in the vault, one JSON under `source-database` /
 * `target-database`; never in the case, in workflow state or in an error.
 */
const text = (max: number) => z.string().min(1).max(max);

/** An SSH server through which the database is reached (direct-tcpip). */
export const databaseTunnel = z.object({
  host: text(253),
  port: z.int().min(1).max(65535),
  user: text(128),
  password: z.string().max(1024).optional(),
  /** OpenSSH or PEM. */
  privateKey: z.string().max(16_384).optional(),
  passphrase: z.string().max(1024).optional(),
  /** `SHA256:…` as OpenSSH prints it, pinned at the first contact; another key stops the work. */
  hostKey: z.string().startsWith('SHA256:').optional(),
  legacyAlgorithms: z.boolean().optional(),
});
export type DatabaseTunnel = z.infer<typeof databaseTunnel>;

export const databaseServer = z.object({
  /** `mysql` is MySQL and MariaDB. */
  engine: z.enum(['mysql', 'postgresql']),
  /** As the tunnel's server sees it where there is a tunnel (usually 127.0.0.1). */
  host: text(253),
  port: z.int().min(1).max(65535),
  user: text(128),
  password: z.string().max(1024).default(''),
  database: text(64),
  /**
   * `verified`: the certificate must be of `certificateAuthority`, or of a public one; `encrypted`: any certificate (the
   * common case at old hosting companies), its fingerprint pinned; `none`: only through a tunnel, or where the survey
   * allowed it.
   */
  tls: z.enum(['verified', 'encrypted', 'none']).default('encrypted'),
  /** PEM. */
  certificateAuthority: z.string().max(65_536).optional(),
  /** SHA-256 of the certificate as node prints it (`AA:BB:…`). */
  certificate: z
    .string()
    .regex(/^[0-9A-F]{2}(:[0-9A-F]{2}){31}$/)
    .optional(),
  tunnel: databaseTunnel.optional(),
});
export type DatabaseServer = z.infer<typeof databaseServer>;

/** A dump that was uploaded, where the source allows no connection. `key` is below `temporary/`. */
export const databaseDump = z.object({
  engine: z.enum(['mysql', 'postgresql']),
  dump: text(1024),
  compression: z.enum(['none', 'gzip', 'zip']).default('none'),
});
export type DatabaseDump = z.infer<typeof databaseDump>;

/** A dump's name in the upload folder: nothing that could lead out of it. */
export const dumpName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/);

export const databaseOptions = z.object({
  /** Columns (`table.column`) whose characters the survey found encoded twice, to be repaired: approved by the customer. */
  repairDoubleEncoding: z.array(text(256)).max(10_000).default([]),
  /** Connections to each end. */
  connections: z.int().min(1).max(8).default(4),
});
export type DatabaseOptions = z.infer<typeof databaseOptions>;

/** One database of a server, and who may enter it. */
export const databaseLogIn = z.object({
  database: text(64),
  user: text(128),
  password: z.string().max(1024),
});
export type DatabaseLogIn = z.infer<typeof databaseLogIn>;

/** `web`: through the SSH server of the same end's web data, where many hosting companies keep their databases. */
const way = z.enum(['web', 'direct']);
const end = z.object({
  engine: z.enum(['mysql', 'postgresql']),
  host: text(253),
  port: z.int().min(1).max(65535),
  tls: z.enum(['encrypted', 'none']),
  databases: z.array(databaseLogIn).min(1).max(20),
});

/** What `source-access` confides under `source-database`. `dump`: files come instead, named in `target-database`. */
export const sourceDatabaseAccess = z.discriminatedUnion('way', [
  end.extend({ way: z.literal('web') }),
  end.extend({ way: z.literal('direct') }),
  z.object({ way: z.literal('dump'), engine: z.enum(['mysql', 'postgresql']) }),
]);
export type SourceDatabaseAccess = z.infer<typeof sourceDatabaseAccess>;

/** What `migration-details` confides under `target-database`, in the order of the source's databases. */
export const targetDatabaseAccess = end.omit({ engine: true }).extend({
  way,
  /** Uploaded dumps: names below the case's own `uploads/`. */
  dumps: z.array(dumpName).max(20).default([]),
  /** The databases are not there yet: this account makes them, with a new password each. */
  administrator: z.object({ user: text(128), password: z.string().max(1024) }).optional(),
  repairDoubleEncoding: databaseOptions.shape.repairDoubleEncoding,
});
export type TargetDatabaseAccess = z.infer<typeof targetDatabaseAccess>;
