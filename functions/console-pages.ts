import { onLambda } from './aws/lambda.ts';
import { answerRequest } from './web/answer-request.ts';
import { consoleApp } from './web/console-app.ts';

/** The console of staff, engineers and finance, behind the company's sign-in. */
export const handler = onLambda(async (event, ports) => {
  const { identityFromEnvironment } = await import('./aws/sign-in.ts');
  return answerRequest(event, consoleApp(ports, identityFromEnvironment(ports.settings.baseUrl)));
});
