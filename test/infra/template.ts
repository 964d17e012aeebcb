import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { build } from '../../infra/build.ts';

export const root = join(import.meta.dirname, '..', '..');

export interface Statement {
  Action: string[];
  Resource: unknown[];
  Condition?: Record<string, Record<string, unknown>>;
}

/** The template as it would be deployed, its functions' code left out. */
export function template(context: Record<string, string> = {}): Template {
  // CloudFormation's schema is checked with the rest, in synth.test.ts.
  process.env.CDK_VALIDATION = 'false';
  const { stack } = build({
    context: { 'aws:cdk:bundling-stacks': [], ...context },
    checked: false,
  });
  return Template.fromStack(stack);
}

/** Statements of each role's policies, by the logical id of the policy. */
export function policies(from: Template): Map<string, Statement[]> {
  const found = Object.entries(from.findResources('AWS::IAM::Policy'));
  return new Map(found.map(([id, policy]) => [id, policy.Properties.PolicyDocument.Statement.map(listed)]));
}

function listed({ Action, Resource, Condition }: Statement): Statement {
  return { Action: [Action].flat(), Resource: [Resource].flat(), ...(Condition && { Condition }) };
}

/** The one policy whose logical id begins so. */
export function policyOf(from: Template, idBegins: string): Statement[] {
  const found = [...policies(from)].filter(([id]) => id.startsWith(idBegins));
  if (found.length !== 1) throw new Error(`${found.length} policies begin with ${idBegins}`);
  return found[0]![1];
}
