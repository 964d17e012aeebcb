import * as z from 'zod';
import { isHost } from '../fields/host.ts';
import { listed, plain, typed } from '../fields/text.ts';

/** An absolute path, without a slash at its end. */
const path = plain(500)
  .overwrite((text) => text.replace(/\/+$/, ''))
  .regex(
    /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~@+-]{1,100}){1,20}$/,
    '「/home/example/www」の形（半角）で入力してください。',
  );
const host = plain(253)
  .overwrite((text) => text.toLowerCase())
  .refine(
    (text) => isHost(text) && /^[\x21-\x7e]+$/.test(text),
    '「www.example.jp」の形で入力してください。',
  );
const version = plain(10).regex(/^\d\.\d{1,2}$/, '「7.4」の形で入力してください。');
const name = plain(64).regex(/^[A-Za-z0-9._-]+$/, '半角英数字で入力してください。');
const databaseHost = plain(300).regex(
  /^[A-Za-z0-9._:/-]+$/,
  '「localhost」や「db.example.jp:3306」の形で入力してください。',
);

/**
 * What a scan looks for and what a fix writes instead: facts of both servers, no secret. What is left out is not looked
 * for; what has no counterpart at the target is found, and not fixed.
 */
export const scanRequest = z.object({
  sourceRoot: path.optional(),
  targetRoot: path.optional(),
  sourceHome: path.optional(),
  targetHome: path.optional(),
  oldHosts: z.array(host).max(20).default([]),
  newHost: host.optional(),
  oldAddresses: z.array(z.ipv4()).max(20).default([]),
  newAddress: host.optional(),
  phpFrom: version.optional(),
  phpTo: version,
  databaseHost: databaseHost.optional(),
  databaseName: name.optional(),
  databaseUser: name.optional(),
});
export type ScanRequest = z.infer<typeof scanRequest>;

/** One a line. */
const linesOf = <T>(one: z.ZodType<T, string>) =>
  typed(6_000)
    .transform((text) => listed(text))
    .pipe(z.array(one).max(20, '20件以内で入力してください。'));

/** As they are typed. */
export const typedRequest = {
  path,
  host,
  hosts: linesOf(host),
  addresses: linesOf(z.ipv4('IP アドレスを1行に1つ、「192.0.2.1」の形で入力してください。')),
  version,
  databaseHost,
  name,
};
