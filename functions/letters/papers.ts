import type { Case } from '../case/case.ts';
import type { Invoice } from '../case/invoice.ts';
import type { Quote } from '../case/quote.ts';
import type { Settings } from '../case/settings.ts';
import { certificatePdf } from './pdf/certificate-pdf.ts';
import { invoicePdf } from './pdf/invoice-pdf.ts';
import { quotePdf } from './pdf/quote-pdf.ts';

/** What goes with a letter. */
export interface Papers {
  quote(quote: Quote): Promise<Uint8Array>;
  certificate(c: Case, settings: Settings): Promise<Uint8Array>;
  invoice(invoice: Invoice): Promise<Uint8Array>;
}

export const pdfPapers: Papers = { quote: quotePdf, certificate: certificatePdf, invoice: invoicePdf };
