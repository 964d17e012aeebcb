import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { callbackPath } from '../../functions/aws/sign-in.ts';
import { roles } from '../../functions/case/identity.ts';
import sample from '../../functions/case/settings.sample.json' with { type: 'json' };
import { template } from './template.ts';

const made = template();
const stage = Object.values(made.findResources('AWS::ApiGatewayV2::Stage'))[0]!.Properties;

describe('the pages', () => {
  test('answer at the address of the settings, and then nowhere else', () => {
    const certificate = 'arn:aws:acm:ap-northeast-1:123456789012:certificate/0f1e';
    const owned = template({ certificate });
    owned.hasResourceProperties('AWS::ApiGatewayV2::DomainName', {
      DomainName: new URL(sample.baseUrl).hostname,
      DomainNameConfigurations: [
        Match.objectLike({ CertificateArn: certificate, SecurityPolicy: 'TLS_1_2' }),
      ],
    });
    owned.resourceCountIs('AWS::ApiGatewayV2::ApiMapping', 1);
    owned.hasResourceProperties('AWS::ApiGatewayV2::Api', { DisableExecuteApiEndpoint: true });
    made.hasResourceProperties('AWS::ApiGatewayV2::Api', { DisableExecuteApiEndpoint: false });
  });

  test('are throttled', () => {
    expect(stage.DefaultRouteSettings.ThrottlingRateLimit).toBeGreaterThan(0);
    expect(stage.DefaultRouteSettings.ThrottlingBurstLimit).toBeGreaterThan(0);
  });

  test('are logged by route: a path holds the key to a step, and a query what was searched for', () => {
    const { Format } = stage.AccessLogSettings;
    expect(JSON.parse(Format)).toMatchObject({ route: '$context.routeKey', status: '$context.status' });
    expect(Format).not.toMatch(
      /\$context\.(path|identity\.(user|cookie)|requestOverride|customDomain)|queryString|Referer/i,
    );
  });

  test('a GET and a POST of a link lead to the customers’ function, the console to the other', () => {
    const routes = Object.values(made.findResources('AWS::ApiGatewayV2::Route')).map(
      ({ Properties }) => Properties,
    );
    const targets = Object.fromEntries(
      routes.map(({ RouteKey, Target }) => [RouteKey, JSON.stringify(Target)]),
    );
    expect(targets['POST /t/{token}']).toBe(targets['GET /t/{token}']);
    for (const route of ['POST /t/{token}/{page}', 'GET /m/{case}/{token}', 'POST /m/{case}/{token}'])
      expect(targets[route]).toBe(targets['GET /t/{token}']);
    expect(targets.$default).toBe(targets['GET /t/{token}']);
    expect(targets['GET /console']).not.toBe(targets['GET /t/{token}']);
    expect(targets[`GET ${callbackPath}`] ?? targets['GET /sign-in/{page+}']).toBe(targets['GET /console']);
  });
});

describe('signing in', () => {
  test('by invitation, with a second factor, under a strong password', () => {
    made.hasResourceProperties('AWS::Cognito::UserPool', {
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      MfaConfiguration: 'ON',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
      DeletionProtection: 'ACTIVE',
      Policies: { PasswordPolicy: Match.objectLike({ MinimumLength: 12, RequireSymbols: true }) },
    });
  });

  test('in the roles that the pages know', () => {
    const groups = Object.values(made.findResources('AWS::Cognito::UserPoolGroup'));
    expect(groups.map(({ Properties }) => Properties.GroupName).sort()).toEqual([...roles].sort());
  });

  test('by code alone, and back to our address alone', () => {
    made.hasResourceProperties('AWS::Cognito::UserPoolClient', {
      AllowedOAuthFlows: ['code'],
      CallbackURLs: [new URL(callbackPath, sample.baseUrl).href],
      GenerateSecret: false,
      PreventUserExistenceErrors: 'ENABLED',
    });
  });
});
