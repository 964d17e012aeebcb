import { onLambda } from './aws/lambda.ts';
import { answerRequest } from './web/answer-request.ts';
import { customerApp } from './web/customer-app.ts';

/** What customers open from their mails. */
export const handler = onLambda((event, ports) => answerRequest(event, customerApp(ports)));
