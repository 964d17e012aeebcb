import type { MailLine } from './lines.ts';

/** A message that was read: its line of the inventory, its bytes and their hash. */
export interface ReadMessage {
  line: MailLine;
  body: Buffer;
  sha256: string;
}

/**
 * What is read, staged and stored in one go, and is held in memory: this bounds memory. A server looks through a large
 * folder after each APPEND, so that few long ones are cheaper; 2000 messages would take 50 MB more.
 */
export const batchBytes = 4 * 1024 * 1024;
export const batchMessages = 1000;

/** A message beyond this is never in memory as a whole. Bytes. */
export const largeBytes = 4 * 1024 * 1024;

export const isSmall = (line: MailLine) => line.size <= largeBytes;

/** Batches for reading; a source that keeps failing gets smaller ones, down to single messages. */
export function batchesOf(lines: readonly MailLine[], failures: number): MailLine[][] {
  const bytes = batchBytes >> Math.min(2 * failures, 20);
  const count = Math.max(1, batchMessages >> Math.min(2 * failures, 9));
  const batches: MailLine[][] = [];
  let batch: MailLine[] = [];
  let size = 0;
  for (const line of lines) {
    if (batch.length > 0 && (size + line.size > bytes || batch.length >= count)) {
      batches.push(batch);
      batch = [];
      size = 0;
    }
    batch.push(line);
    size += line.size;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

/** The same for reading without lines, by ascending UID. */
export function batchesOfUids(messages: readonly { uid: number; size: number }[]): number[][] {
  const batches: number[][] = [];
  let bytes = batchBytes;
  for (const { uid, size } of [...messages].sort((a, b) => a.uid - b.uid)) {
    if (bytes + size > batchBytes || batches.at(-1)!.length >= batchMessages) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)!.push(uid);
    bytes += size;
  }
  return batches;
}
