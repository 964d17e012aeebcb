import { answerRequest } from './aws/answer-request.ts';
import { onLambda } from './aws/lambda.ts';
import { customerApp } from './web/customer-app.ts';

/** What customers open from their mails. */
export const handler = onLambda((event, ports) => answerRequest(event, customerApp(ports)));
