import { readFileSync } from 'node:fs';
import sample from '../functions/case/settings.sample.json' with { type: 'json' };
import { type Settings, settings } from '../functions/case/settings.ts';

/** The settings that are deployed: the file that HIKKOSHI_SETTINGS names, or the sample. Throws when they are not valid. */
export function deployedSettings(file = process.env.HIKKOSHI_SETTINGS): Settings {
  return settings.parse(file ? JSON.parse(readFileSync(file, 'utf8')) : sample);
}
