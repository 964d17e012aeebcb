import { emptyForecast, foresee } from '../../functions/migration/forecast.ts';
import type { ObjectLine } from '../../functions/migration/object-line.ts';
import type { TransferPageView } from '../../functions/pages/console/transfer-page.ts';
import { forecastView, reportView } from '../../functions/web/transfer-page-view.ts';
import { caseOf } from '../letters/samples.ts';
import { engineer, site } from './samples.ts';

const c = caseOf();
const [summary] = c.transfers;
const forecast = emptyForecast();
const line = (path: string, more: Partial<ObjectLine> = {}): ObjectLine => ({
  ...{ path: `./${path}`, kind: 'file', size: 120_000, mode: '0644', mtime: 1_700_000_000 },
  ...more,
});
const known = line('index.html', { outcome: 'moved', verified: 'match' });
foresee(forecast, line('写真'.repeat(60), { hardLinks: 2 }), undefined);
foresee(forecast, line('index.html'), known);
foresee(forecast, line('old.html', { outcome: 'unchanged' }), known);
foresee(
  forecast,
  line('run/app.sock', { kind: 'other', outcome: 'skipped', why: '特殊ファイルです' }),
  undefined,
);
foresee(forecast, undefined, known);
forecast.chunks = 12;
forecast.warnings = ['修正を適用して移行したファイルのうち1件が、その後に移行元で更新されています。'];
forecast.remarks = ['ファイル名は、名前の並びから判定し、CP932(Shift_JIS)から UTF-8 に変換して移行します。'];

/** A run of which everything is known, with names that try to be markup and to turn the text round. */
export const transferView: TransferPageView = {
  ...{ site, person: engineer, reference: c.id, company: c.customer.company, plan: 'web', run: 2 },
  ...(summary && { summary: { ...summary, remarks: forecast.remarks } }),
  forecast: forecastView(forecast),
  report: reportView(
    {
      results: [
        {
          result: 'altered',
          objects: 1200,
          examples: [
            {
              result: 'altered',
              pathBase64: Buffer.from([0x83, 0x65, 0x83, 0x58, 0x83, 0x67]).toString('base64'),
              targetPath: './テスト',
              kind: 'file',
              remark: '名前の文字コードを UTF-8 に変換',
            },
          ],
        },
        {
          result: 'differs',
          objects: 1,
          examples: [
            {
              result: 'differs',
              path: './<script>alert(1)</script>\u202egnp.exe',
              kind: 'file',
              remark: '移行先の内容が異なります',
            },
          ],
        },
      ],
      complete: false,
    },
    `/console/cases/${c.id}/transfers/web/2/report`,
  ),
};
