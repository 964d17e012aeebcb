import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from '../../functions/case/case.ts';
import type { BusinessEvent } from '../../functions/case/ports.ts';
import type { People } from './people.ts';

/** What the case leaves behind, as files to look at. */
export interface Papers {
  quote: string;
  ledger: string;
  erasure: string;
  invoice: string;
}

/** Quote and ledger are fetched from the pages, as a person would; erasures and invoice are records. */
export async function keepPapers(
  people: People,
  c: Case,
  invoice: BusinessEvent,
  folder: string,
): Promise<Papers> {
  mkdirSync(folder, { recursive: true });
  const keep = (name: string, content: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;
  const number = c.quotes.findLast(({ kind }) => kind === 'formal')?.number;
  const staff = await people.options.player.colleague('staff');
  const fetched = async (path: string): Promise<Uint8Array> => {
    const page = await staff.get(`/console/cases/${c.id}/${path}`);
    await people.accepted(page, 200, path);
    return new Uint8Array(await page.arrayBuffer());
  };
  return {
    quote: keep(`${number}.pdf`, await fetched(`quotes/${number}.pdf`)),
    ledger: keep(`${c.id}-ledger.ndjson`, await fetched('ledgers/web/1')),
    erasure: keep(`${c.id}-erasures.json`, json({ caseId: c.id, erasures: c.erasures })),
    invoice: keep(
      `${c.id}-invoice-event.json`,
      json({ id: invoice.id, type: invoice.type, at: invoice.at, detail: invoice.detail }),
    ),
  };
}
