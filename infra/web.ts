import { CfnOutput, Duration } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  DomainName,
  HttpApi,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { Functions } from './functions.ts';
import type { Keys } from './keys.ts';
import { logGroup } from './logs.ts';

const customerRoutes = [
  'GET /t/{token}',
  'POST /t/{token}',
  'GET /t/{token}/{paper}',
  'POST /t/{token}/{page}',
  'GET /m/{case}/{token}',
  'POST /m/{case}/{token}',
  'GET /documents/{document}',
  // Anything else gets the same friendly "not found".
  '$default',
];
const consoleRoutes = [
  'GET /console',
  'GET /console/{page+}',
  'POST /console/{page+}',
  'GET /sign-in/callback',
];

/** Never the path: a customer's path is the key to the step (`/t/{token}`). The route says enough. */
const accessLogFormat = AccessLogFormat.custom(
  JSON.stringify({
    time: '$context.requestTime',
    requestId: '$context.requestId',
    route: '$context.routeKey',
    status: '$context.status',
    bytes: '$context.responseLength',
    milliseconds: '$context.responseLatency',
    address: '$context.identity.sourceIp',
    error: '$context.integrationErrorMessage',
  }),
);

export interface WebProps {
  functions: Functions;
  keys: Keys;
  /** The address that mails and sign-in lead to. */
  baseUrl: string;
  /** Certificate (ACM, this region) for the host of `baseUrl`. Without it the API answers at its own address only. */
  certificateArn?: string | undefined;
}

/** One HTTP API in front of two functions: the customers' pages and the console. */
export class Web extends Construct {
  readonly api: HttpApi;
  /** Where browsers find it. */
  readonly address: string;

  constructor(scope: Construct, id: string, props: WebProps) {
    super(scope, id);
    const domain = this.#domain(props);
    this.api = new HttpApi(this, 'Api', {
      createDefaultStage: false,
      disableExecuteApiEndpoint: Boolean(domain),
    });
    this.address = domain ? props.baseUrl : this.api.apiEndpoint;
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      ...(domain && { domainMapping: { domainName: domain } }),
      // Guessing 256 bits is hopeless anyway; this keeps a flood from the cases behind.
      throttle: { rateLimit: 50, burstLimit: 100 },
      detailedMetricsEnabled: true,
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup(this, 'AccessLog', props.keys.operations)),
        format: accessLogFormat,
      },
    });
    this.#route(
      customerRoutes,
      'customer-pages',
      props.functions,
      'The link in the path is the authorization: 256 bits, stored as a hash, for one step.',
    );
    this.#route(
      consoleRoutes,
      'console-pages',
      props.functions,
      'These are pages for browsers: the function checks the session cookie, and sends who has none to sign in.',
    );
  }

  /** Then nothing answers at the API's own address, where the console's cookies would not fit. */
  #domain({ baseUrl, certificateArn }: WebProps): DomainName | undefined {
    if (!certificateArn) return undefined;
    const domain = new DomainName(this, 'Domain', {
      domainName: new URL(baseUrl).hostname,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
      securityPolicy: SecurityPolicy.TLS_1_2,
    });
    new CfnOutput(this, 'DomainTarget', { value: domain.regionalDomainName });
    return domain;
  }

  #route(routes: string[], name: string, functions: Functions, reason: string): void {
    const integration = new HttpLambdaIntegration(name, functions.get(name).alias, {
      timeout: Duration.seconds(29),
      scopePermissionToRoute: false,
    });
    for (const route of routes) {
      const [method, path] = route.split(' ') as [keyof typeof HttpMethod, string?];
      const routeKey = path ? HttpRouteKey.with(path, HttpMethod[method]) : HttpRouteKey.DEFAULT;
      const added = new HttpRoute(this, route, { httpApi: this.api, routeKey, integration });
      acknowledge(added, 'AwsSolutions-APIG4', reason);
    }
  }
}
