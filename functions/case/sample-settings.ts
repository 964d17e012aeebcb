import data from './settings.sample.json' with { type: 'json' };
import { type Settings, settings } from './settings.ts';

/** The sample that ships, checked by its schema: names, prices and documents are made up and marked as such. */
export const sampleSettings: Settings = settings.parse(data);
