import * as z from 'zod';
import { onLambda } from './aws/lambda.ts';
import { InvalidInputError } from './case/errors.ts';
import { NotFoundError, type Ports } from './case/ports.ts';
import { receiveSurvey as receive } from './case/receive-survey.ts';
import { largestSurveyBytes } from './case/survey-encoding.ts';

/** EventBridge's "Object Created" of S3. Keys: `temporary/surveys/<case>/<name>.csv`. */
const input = z.object({
  detail: z.object({
    object: z.object({ key: z.string().regex(/^temporary\/surveys\/[^/]+\/[^/]+$/), size: z.number() }),
  }),
});

/** A survey report has arrived in S3. It is taken into the case or answered by mail, and leaves S3 either way (R24). */
export async function receiveSurvey(event: unknown, ports: Ports) {
  const { key, size } = input.parse(event).detail.object;
  const caseId = key.split('/')[2]!;
  const parts: Uint8Array[] = [];
  // One byte more than allowed is enough for the parser to refuse it by name.
  const end = Math.min(size, largestSurveyBytes + 1);
  try {
    for await (const part of ports.objects.get(key, { start: 0, end })) parts.push(part);
  } catch (error) {
    // Announced twice: the first time took it away. Or the case's erasure did.
    if (error instanceof NotFoundError) return { status: 'gone' };
    throw error;
  }
  const status = await answered(ports, caseId, Buffer.concat(parts));
  await ports.objects.deleteAll(key);
  return { status };
}

/** Only an answer ends the upload's life; after any other failure the event comes again and finds it. */
async function answered(ports: Ports, caseId: string, bytes: Uint8Array): Promise<string> {
  try {
    return await receive(ports, caseId, bytes, { by: 'upload', tell: true });
  } catch (error) {
    if (error instanceof InvalidInputError) return 'refused';
    throw error;
  }
}

export const handler = onLambda(receiveSurvey);
