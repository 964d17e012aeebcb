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
  /** `Q-…-S1`, `-F1`, `-X1`: the case's reference, kind, count. */
  number: string;
  kind: 'simple' | 'formal' | 'extra';
  issuedAt: string;
  /** The last instant at which it can be ordered (formal, extra) or relied upon (simple). */
  validUntil: string;
  /** With 御中 or 様. */
  recipient: string;
  scope: string[];
  exclusions: string[];
  assumptions: string[];
  lines: QuoteLine[];
  taxes: TaxTotal[];
  /** Yen with tax. */
  total: number;
  /** Version of the settings that it was made from, so that it can be made again. */
  rules: string;
  /** SHA-256 (hex) of the quote without this field: what an order confirms. */
  sha256: string;
}
