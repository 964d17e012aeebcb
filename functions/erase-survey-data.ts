import { onLambda } from './aws/lambda.ts';
import { eraseCaseData } from './case/erase.ts';
import type { Ports } from './case/ports.ts';
import { caseInput } from './case/step-input.ts';

/** R24: at the close of the survey copies and credentials go; the report's facts stay with the case. */
export async function eraseSurveyData(event: unknown, ports: Ports) {
  await eraseCaseData(ports, caseInput.parse(event).caseId, 'survey-closed');
  return {};
}

export const handler = onLambda(eraseSurveyData);
