import { readFileSync } from 'node:fs';
import { sampleSettings } from '../functions/case/sample-settings.ts';
import { type Settings, settings } from '../functions/case/settings.ts';

/**
 * The sample that ships, or the file named by HIKKOSHI_SETTINGS, at the address that is really served.
 * HIKKOSHI_ALLOWED_ADDRESSES (`127.0.0.1/32,…`) lets migrations reach servers of one's own that are not public: for
 * trying the product out on one machine, never for customers.
 */
export function readSettings(baseUrl: string, environment = process.env): Settings {
  const file = environment.HIKKOSHI_SETTINGS;
  const read: unknown = file ? JSON.parse(readFileSync(file, 'utf8')) : sampleSettings;
  const own = environment.HIKKOSHI_ALLOWED_ADDRESSES?.split(',').filter(Boolean) ?? [];
  const parsed = settings.parse(read);
  return { ...parsed, baseUrl, allowedAddresses: [...parsed.allowedAddresses, ...own] };
}
