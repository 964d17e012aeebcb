import { InvalidInputError } from './errors.ts';

/** 1 MB: a survey is facts, not data. */
export const largestSurveyBytes = 1_000_000;

const asCsv = '表計算ソフトで「CSV UTF-8」として保存し直してください。';

/**
 * The text of a CSV file as Japanese spreadsheets save it: UTF-8 with or without a byte order mark, else CP932. Throws
 * InvalidInputError for anything else, with what to do.
 */
export function decodeSurvey(bytes: Uint8Array): string {
  if (bytes.length > largestSurveyBytes) throw refused('ファイルは 1MB 以内にしてください。');
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) throw refused(`Excel のブックは受け取れません。${asCsv}`);
  if (bytes.includes(0)) throw refused(`CSV ではないファイルです。${asCsv}`);
  for (const encoding of ['utf-8', 'shift_jis']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // Not this one.
    }
  }
  throw refused(`文字コードが分かりません。${asCsv}`);
}

function refused(sentence: string): InvalidInputError {
  return new InvalidInputError('環境調査報告を読み取れませんでした。', { '': sentence });
}
