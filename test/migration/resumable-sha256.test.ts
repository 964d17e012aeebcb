import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ResumableSha256 } from '../../functions/migration/resumable-sha256.ts';

describe('resumable SHA-256', () => {
  it('agrees with node:crypto however the content is cut and wherever the state is written down', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }), (pieces) => {
        let hash = new ResumableSha256();
        const expected = createHash('sha256');
        for (const piece of pieces) {
          hash.update(Buffer.from(piece));
          hash = new ResumableSha256(JSON.parse(JSON.stringify(hash.state())));
          expected.update(piece);
        }
        expect(hash.digest()).toBe(expected.digest('hex'));
      }),
      { numRuns: 300 },
    );
  });

  it('agrees for every length around a block, and for a megabyte', () => {
    for (const length of [0, 1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1_048_577]) {
      const content = Buffer.alloc(length, length % 251);
      expect(new ResumableSha256().update(content).digest()).toBe(
        createHash('sha256').update(content).digest('hex'),
      );
    }
  });
});
