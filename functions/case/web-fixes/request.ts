import { z } from 'zod';
import { isHost } from '../fields/host.ts';

/**
 * What a scan looks for and what a fix writes instead: facts of both servers, no secret. Paths are absolute, without a
 * slash at the end. What is left out is not looked for; without its counterpart at the target it is found, not fixed.
 */
const path = z
  .string()
  .max(500)
  .regex(/^(?:\/[A-Za-z0-9._~@+-]{1,100}){1,20}$/, '「/home/example/www」の形（半角）で入力してください。');
const host = z
  .string()
  .max(253)
  .refine(
    (text) => isHost(text) && /^[\x21-\x7e]+$/.test(text),
    '「www.example.jp」の形で入力してください。',
  );
const version = z.string().regex(/^\d\.\d{1,2}$/, '「7.4」の形で入力してください。');
const name = z
  .string()
  .max(64)
  .regex(/^[A-Za-z0-9._-]+$/, '半角英数字で入力してください。');

export const scanRequest = z.object({
  sourceRoot: path.optional(),
  targetRoot: path.optional(),
  sourceHome: path.optional(),
  targetHome: path.optional(),
  oldHosts: z.array(host).max(20).default([]),
  newHost: host.optional(),
  oldAddresses: z.array(z.ipv4('IPv4 アドレスを 1 行に 1 つ入力してください。')).max(20).default([]),
  newAddress: host.optional(),
  phpFrom: version.optional(),
  phpTo: version,
  databaseHost: z
    .string()
    .max(300)
    .regex(/^[A-Za-z0-9._:/-]+$/, '「localhost」や「db.example.jp:3306」の形で入力してください。')
    .optional(),
  databaseName: name.optional(),
  databaseUser: name.optional(),
});
export type ScanRequest = z.infer<typeof scanRequest>;
