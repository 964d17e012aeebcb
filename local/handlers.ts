import { calculateExtraQuote } from '../functions/calculate-extra-quote.ts';
import { calculateFormalQuote } from '../functions/calculate-formal-quote.ts';
import { calculateSimpleQuote } from '../functions/calculate-simple-quote.ts';
import type { Ports } from '../functions/case/ports.ts';
import { closeCase } from '../functions/close-case.ts';
import { copyChunk } from '../functions/copy-chunk.ts';
import { declineCase } from '../functions/decline-case.ts';
import { eraseMigrationData } from '../functions/erase-migration-data.ts';
import { eraseSurveyData } from '../functions/erase-survey-data.ts';
import { expireTask } from '../functions/expire-task.ts';
import { issueInvoice } from '../functions/issue-invoice.ts';
import type { Engines } from '../functions/migration/engine.ts';
import { openTask } from '../functions/open-task.ts';
import { recordScan } from '../functions/record-scan.ts';
import { recordTransfer } from '../functions/record-transfer.ts';
import { releaseSource } from '../functions/release-source.ts';
import { scanWebData } from '../functions/scan-web-data.ts';
import { scheduleTransfers } from '../functions/schedule-transfers.ts';
import { setDeadline } from '../functions/set-deadline.ts';
import { takeInventory } from '../functions/take-inventory.ts';
import { verifyTransfer } from '../functions/verify-transfer.ts';

export type Handler = (event: unknown, ports: Ports) => Promise<unknown>;

/** What the state machines call, under the names that they call it by. `engines` move the data. */
export function workflowHandlers(engines: Engines): Record<string, Handler> {
  return {
    OpenTaskArn: openTask,
    SetDeadlineArn: setDeadline,
    ExpireTaskArn: expireTask,
    CalculateSimpleQuoteArn: calculateSimpleQuote,
    CalculateFormalQuoteArn: calculateFormalQuote,
    CalculateExtraQuoteArn: calculateExtraQuote,
    EraseSurveyDataArn: eraseSurveyData,
    DeclineCaseArn: declineCase,
    CloseCaseArn: closeCase,
    ScheduleTransfersArn: scheduleTransfers,
    TakeInventoryArn: (event, ports) => takeInventory(event, ports, engines),
    CopyChunkArn: (event, ports) => copyChunk(event, ports, engines),
    VerifyTransferArn: (event, ports) => verifyTransfer(event, ports, engines),
    ReleaseSourceArn: (event, ports) => releaseSource(event, ports, engines),
    RecordTransferArn: recordTransfer,
    ScanWebDataArn: (event, ports) => scanWebData(event, ports, engines),
    RecordScanArn: recordScan,
    EraseMigrationDataArn: (event, ports) => eraseMigrationData(event, ports, engines),
    IssueInvoiceArn: issueInvoice,
  };
}
