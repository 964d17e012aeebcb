import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnUserPoolGroup,
  FeaturePlan,
  Mfa,
  OAuthScope,
  StandardThreatProtectionMode,
  UserPool,
  UserPoolClient,
  UserPoolDomain,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';

/** Who signs in to the console; customers never do, they hold links. */
export const groups = ['staff', 'engineer', 'finance'] as const;

/** Staff, the partner's engineers and finance: invited by an administrator, second factor always. */
export class SignIn extends Construct {
  readonly pool: UserPool;
  readonly client: UserPoolClient;
  /** Where the hosted pages are: `https://…`. */
  readonly domain: string;

  constructor(scope: Construct, id: string, props: { baseUrl: string }) {
    super(scope, id);
    this.pool = new UserPool(this, 'Pool', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      mfa: Mfa.REQUIRED,
      // No text messages: they can be redirected, and cost.
      mfaSecondFactor: { otp: true, sms: false },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireUppercase: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      featurePlan: FeaturePlan.PLUS,
      standardThreatProtectionMode: StandardThreatProtectionMode.FULL_FUNCTION,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    for (const groupName of groups) {
      new CfnUserPoolGroup(this, groupName, { userPoolId: this.pool.userPoolId, groupName });
    }
    const domain = new UserPoolDomain(this, 'Domain', {
      userPool: this.pool,
      // Prefixes are shared by all of AWS; the account makes it ours.
      cognitoDomain: { domainPrefix: `hikkoshi-${Aws.ACCOUNT_ID}` },
    });
    this.domain = domain.baseUrl();
    this.client = new UserPoolClient(this, 'Console', {
      userPool: this.pool,
      // A public client with PKCE: nothing to leak from the function's environment.
      generateSecret: false,
      authFlows: {},
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.hours(10),
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, OAuthScope.EMAIL],
        callbackUrls: [new URL('/sign-in/callback', props.baseUrl).href],
        logoutUrls: [new URL('/console', props.baseUrl).href],
      },
    });
  }
}
