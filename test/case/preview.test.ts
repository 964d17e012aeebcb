import { expect, test } from '@jest/globals';
import { InvalidInputError } from '../../functions/case/errors.ts';
import { parseForm } from '../../functions/case/form.ts';
import { formFor, splitSecrets } from '../../functions/case/forms/index.ts';
import { previewOf } from '../../functions/case/preview.ts';
import { sampleSettings as settings } from '../../functions/case/sample-settings.ts';
import { now, postedWebDetails, sampleCase, submitted } from './sample-case.ts';

const arranged = (posted: Record<string, string>) =>
  splitSecrets(
    parseForm(formFor('migration-details', sampleCase(), settings, now), { ...postedWebDetails, ...posted }),
  ).facts;

test('what the engineer says of the new server reaches the customer, with the names of their site', () => {
  const c = sampleCase({
    forms: {
      'hearing-sheet': submitted('hearing-sheet', { domains: ['takasaki.example.jp', 'www.日本語.example'] }),
      'migration-details': submitted(
        'migration-details',
        arranged({ previewUrl: 'https://ms1.example.jp/', previewAddress: '１９２.0.2.1' }),
      ),
    },
  });
  expect(previewOf(c)).toEqual({
    url: 'https://ms1.example.jp/',
    address: '192.0.2.1',
    names: ['takasaki.example.jp', 'www.takasaki.example.jp', 'www.xn--wgv71a119e.example'],
  });
});

test('without an answer there are the names alone; where no site moves, nothing', () => {
  expect(previewOf(sampleCase({ forms: {} }))).toEqual({ names: [] });
  expect(previewOf(sampleCase({ plans: ['mail'], forms: {} }))).toBeUndefined();
});

test.each([
  { previewUrl: 'javascript:alert(1)' },
  { previewUrl: 'https://user:geheim@ms1.example.jp/' },
  { previewUrl: 'ms1.example.jp' },
  { previewUrl: 'https://localhost/' },
  { previewAddress: 'ms1.example.jp' },
  { previewAddress: '192.0.2.1 bank.example' },
])('%j is refused', (posted) => {
  expect(() => arranged(posted)).toThrow(InvalidInputError);
});
