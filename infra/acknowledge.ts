import { Stack, Validations } from 'aws-cdk-lib';
import { type IRole, PolicyStatement, type PolicyStatementProps } from 'aws-cdk-lib/aws-iam';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js';
import type { IConstruct } from 'constructs';

/** A finding of cdk-nag that stays, on the one construct that it is about, with the reason that an auditor reads. */
export function acknowledge(construct: IConstruct, id: string, reason: string): void {
  Validations.of(construct).acknowledge({ id, reason });
}

/** A statement of a role. `because`: why its resources cannot be named before they exist. */
export type Right = Required<Pick<PolicyStatementProps, 'actions' | 'resources'>> &
  Pick<PolicyStatementProps, 'conditions'> & { because?: string };

/** Exactly the resources that `because` is about are acknowledged: any other wildcard of the role fails the synthesis. */
export function grant(role: IRole, { because, ...statement }: Right): void {
  role.addToPrincipalPolicy(new PolicyStatement(statement));
  if (!because) return;
  for (const resource of statement.resources) {
    const name = flattenCfnReference(Stack.of(role).resolve(resource));
    if (name.includes('*')) acknowledge(role, `AwsSolutions-IAM5[Resource::${name}]`, because);
  }
}
