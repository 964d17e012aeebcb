import { describe, expect, test } from '@jest/globals';
import { CfnResource, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { build } from '../../infra/build.ts';

const unbundled = () => build({ context: { 'aws:cdk:bundling-stacks': [] } });

/** Findings as if nothing had been acknowledged. */
class Everything extends AwsSolutionsChecks {
  constructor() {
    super();
    Object.assign(this, { isAcknowledged: () => false });
  }
}

interface Acknowledged {
  path: string;
  id: string;
  reason: string;
}

function acknowledgements(root: IConstruct): Acknowledged[] {
  return root.node.findAll().flatMap((construct) =>
    construct.node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) => Object.entries(data as Record<string, string>))
      .filter(([id]) => id.includes('AwsSolutions-'))
      .map(([id, reason]) => ({
        path: construct.node.path,
        id: id.replace(/^.*::(?=AwsSolutions)/, ''),
        reason,
      })),
  );
}

describe('cdk-nag', () => {
  test('finds nothing that is not acknowledged, and CloudFormation’s schema nothing at all', () => {
    process.env.CDK_VALIDATION = 'true';
    expect(() => unbundled().app.synth()).not.toThrow();
  });

  test('stops the synthesis at an open bucket', () => {
    const { app, stack } = unbundled();
    new Bucket(stack, 'Open');
    expect(() => app.synth()).toThrow(/AwsSolutions-S1\b[\s\S]*AwsSolutions-S10/);
  });

  test('stops the synthesis at a wildcard more in a role that has acknowledged ones', () => {
    const { app, stack } = unbundled();
    const role = stack.node.findChild('Functions').node.findChild('CopyChunk').node.findChild('Role');
    (role as unknown as { addToPrincipalPolicy: (one: PolicyStatement) => void }).addToPrincipalPolicy(
      new PolicyStatement({ actions: ['s3:*'], resources: ['arn:aws:s3:::everything/*'] }),
    );
    expect(() => app.synth()).toThrow(
      /IAM5\[Action::s3:\*\][\s\S]*IAM5\[Resource::arn:aws:s3:::everything\/\*\]/,
    );
  });

  test('each acknowledgement is about a finding, and says why', () => {
    const { app } = unbundled();
    const { violations } = new Everything().validateScope(app);
    const found = violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => ({ id: ruleName, path: constructPath ?? '' })),
    );
    const acknowledged = acknowledgements(app);
    expect(acknowledged.length).toBeGreaterThan(20);
    const idle = acknowledged.filter(
      ({ id, path }) => !found.some((finding) => finding.id === id && finding.path.startsWith(`${path}/`)),
    );
    expect(idle).toEqual([]);
    expect(acknowledged.filter(({ reason }) => reason.length < 40)).toEqual([]);
    // On a construct, never on the whole stack.
    expect(acknowledged.filter(({ path }) => !path.includes('/'))).toEqual([]);
  });

  test('looks at every resource', () => {
    const resources = unbundled()
      .app.node.findAll()
      .filter((construct) => CfnResource.isCfnResource(construct));
    expect(resources.length).toBeGreaterThan(200);
  });
});
