import { canonicalJson, sha256 } from './canonical-json.ts';
import type { Case } from './case.ts';
import type { Settings } from './settings.ts';

/** 御見積書. Yen are integers; tax is rounded once per rate per document (requirements.md, Rules). */
export interface QuoteLine {
  code: string;
  label: string;
  quantity: number;
  unit: string;
  /** Yen, without tax. */
  unitPrice: number;
  /** Yen, without tax: quantity x unitPrice, rounded down where a quantity is not whole. */
  amount: number;
  /** Percent: 10, 8. */
  taxRate: number;
}

export interface TaxTotal {
  rate: number;
  /** Sum of the lines of this rate, yen without tax. */
  base: number;
  tax: number;
}

export interface Quote {
  /** `HK-7K3M-Q2T9-S1`, `-F1`, `-X1`: the case's reference, kind, count. */
  number: string;
  kind: 'simple' | 'formal' | 'extra';
  issuedAt: string;
  /** The last instant at which it can be ordered (formal, extra) or relied upon (simple). */
  validUntil: string;
  /** As it was at the time of issue. */
  issuer: Settings['issuer'];
  /** With 御中 or 様. */
  recipient: string;
  scope: string[];
  exclusions: string[];
  assumptions: string[];
  /** What must be read: that a simple quote cannot be ordered from (R28), how a formal one is ordered (R32). */
  notes: string[];
  lines: QuoteLine[];
  taxes: TaxTotal[];
  /** Yen with tax. */
  total: number;
  /** Version of the settings that it was made from, so that it can be made again. */
  rules: string;
  /** Made from sample prices: pages and documents then say 見本. */
  sample: boolean;
  /** SHA-256 (hex) of the quote without this field: what an order confirms. */
  sha256: string;
}

const letters = { simple: 'S', formal: 'F', extra: 'X' } as const;

/** The number that the next quote of this kind gets. */
export function nextQuoteNumber(c: Pick<Case, 'id' | 'quotes'>, kind: Quote['kind']): string {
  const count = c.quotes.filter((quote) => quote.kind === kind).length;
  return `${c.id}-${letters[kind]}${count + 1}`;
}

/** The quote with its hash. The order of keys does not matter, so it is the same after any storage. */
export function sealQuote(draft: Omit<Quote, 'sha256'>): Quote {
  return { ...draft, sha256: sha256(canonicalJson(draft)) };
}

/** False when anything of the quote was changed after its issue. */
export function isUnaltered({ sha256: sealed, ...draft }: Quote): boolean {
  return sha256(canonicalJson(draft)) === sealed;
}

/** A company is addressed 御中, a person without one 様. */
export function recipientOf({ company, person }: { company?: string; person: string }): string {
  return company?.trim() ? `${company.trim()} 御中` : `${person.trim()} 様`;
}
