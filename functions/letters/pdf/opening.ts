import type { Settings } from '../../case/settings.ts';
import { facts, write } from './blocks.ts';
import { area, colours, type Sheet } from './sheet.ts';

export interface Opening {
  recipient: string;
  /** Below the recipient: where it goes. */
  address?: readonly string[];
  greeting: string;
  issuer: Pick<Settings['issuer'], 'name'> & Partial<Settings['issuer']>;
  facts: readonly (readonly [string, string])[];
}

const right = { x: 330, width: area.right - 330 };

/** Whom it is for to the left, whose it is and its number to the right; what follows stands below the longer one. */
export function opening(
  sheet: Sheet,
  { recipient, address = [], greeting, issuer, facts: rows }: Opening,
): void {
  const top = sheet.y;
  write(sheet, recipient, { size: 14, weight: 'bold', width: 262, after: 2 });
  sheet.pdf
    .moveTo(area.left, sheet.y)
    .lineTo(area.left + 262, sheet.y)
    .lineWidth(0.8)
    .strokeColor(colours.ink)
    .stroke();
  sheet.y += 6;
  if (address.length > 0) write(sheet, address.join('\n'), { size: 9, width: 262 });
  write(sheet, greeting, { size: 9.5, width: 262 });
  const left = sheet.y;

  sheet.y = top;
  facts(sheet, rows, right.x, right.width);
  sheet.y += 6;
  write(sheet, issuer.name, { size: 10.5, weight: 'bold', ...right, after: 2 });
  const lines = [
    issuer.department,
    issuer.postalCode && issuer.address && `〒${issuer.postalCode} ${issuer.address}`,
    issuer.phone && `電話 ${issuer.phone}`,
    issuer.registrationNumber && `登録番号 ${issuer.registrationNumber}`,
  ];
  write(sheet, lines.filter((line) => line).join('\n'), { size: 8.5, ...right });
  sheet.y = Math.max(left, sheet.y) + 12;
}
