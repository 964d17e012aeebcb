import * as z from 'zod';
import { TerminalError } from '../../case/errors.ts';
import file from './layouts.json' with { type: 'json' };

/** Below the directory that is confided; no way out of it. */
const path = z.string().regex(/^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_.-]*(\/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$/);

/** Where a version of the product keeps what. Data: layouts.json, with its sources and with what is assumed. */
const layout = z
  .strictObject({
    product: z.string().min(1),
    /** First numbers of the versions that are laid out so. */
    majors: z.array(z.int()).min(1),
    /** What the product calls the directory that is asked for. */
    root: z.string().min(1),
    /** Below the root; all that follows is below it. */
    base: path,
    /** What a move consists of. The first must be there. */
    moved: z.array(path).min(1),
    /** By such files a data directory is recognised: the first kind is always there. */
    databases: z
      .array(z.strictObject({ directory: path, suffixes: z.array(z.string().startsWith('.')).min(1) }))
      .min(1),
    /** Files in these are counted at both ends. */
    attachments: z.array(path).min(1),
    /** While this file is there, the product lets nobody in. */
    flag: path,
    /** The licence is for one of several courses. */
    courses: z.boolean(),
    /** Files at the root, one of which may say the version, and how it is found there (ASCII, any encoding). */
    version: z.strictObject({ files: z.array(path), pattern: z.string() }),
    documented: z.array(z.string()),
    assumed: z.array(z.string()),
  })
  .refine(
    ({ moved, flag, attachments }) =>
      [flag, ...attachments].every((one) => moved.some((directory) => `${one}/`.startsWith(`${directory}/`))),
    'The flag and the attachments are in what moves.',
  );
export type Layout = z.infer<typeof layout>;

export const layouts: readonly Layout[] = z.array(layout).parse(file.layouts);

/** Throws TerminalError for a version that the table does not know. */
export function layoutOf(version: string): Layout {
  const major = Number(version.split('.')[0]);
  const found = layouts.find(({ majors }) => majors.includes(major));
  if (found) return found;
  const known = layouts.map(({ product }) => product).join('、');
  throw new TerminalError(
    `サイボウズの版「${version}」は自動では移行できません（対応しているのは${known}です）。何も変更していません。移行内容を直し、作業者が手で移行してください。`,
  );
}

/** As texts for people and as paths for servers, from the root. */
export function fromRoot({ base }: Layout, below: string): string {
  return `${base}/${below}`;
}
