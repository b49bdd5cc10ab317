import { AwsError } from './errors.ts';
import type { Principals } from './iam.ts';
import { IdentityStore } from './identity-store.ts';

type Json = Readonly<Record<string, unknown>>;

interface Assignment {
  readonly user: string;
  readonly account: string;
  readonly set: string;
}

const SET = 'arn:aws:sso:::permissionSet/ssoins-simulated/';

/** IAM Identity Center of the organization: users, permission sets, and who has which in which account. */
export class IdentityCenter {
  readonly instanceArn = 'arn:aws:sso:::instance/ssoins-simulated';
  readonly identityStoreId = 'd-1234567890';
  readonly store = new IdentityStore(this.identityStoreId);
  readonly #principals: Principals;
  #assignments: Assignment[] = [];

  constructor(principals: Principals) {
    this.#principals = principals;
  }

  /** Gives a user a permission set in an account: Identity Center makes its role there. Gives the role's ARN. */
  assign(user: string, account: string, set: string): string {
    this.store.setUser(user);
    this.#assignments.push({ user, account, set });
    const arn = `arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_${set}_0123456789abcdef`;
    if (!this.#principals.has(arn)) this.#principals.set(arn, []);
    return arn;
  }

  run(action: string, input: Json): Json {
    switch (action) {
      case 'ListAccountAssignmentsForPrincipal':
        return this.#assignmentsOf(input);
      case 'DescribePermissionSet':
        return this.#permissionSet(input);
      default:
        return this.store.run(action, input);
    }
  }

  #assignmentsOf({ InstanceArn, PrincipalId, PrincipalType, Filter, NextToken }: Json): Json {
    if (InstanceArn !== this.instanceArn || PrincipalType !== 'USER')
      throw new AwsError('ValidationException', 'The request fails to satisfy a constraint.');
    const account = (Filter as Json | undefined)?.AccountId;
    const own = this.#assignments.filter(
      (one) => this.store.setUser(one.user) === PrincipalId && (account === undefined || one.account === account),
    );
    const from = Number(NextToken ?? 0);
    return {
      AccountAssignments: own.slice(from, from + 1).map(({ account: AccountId, set }) => {
        return { AccountId, PermissionSetArn: `${SET}${set}`, PrincipalId, PrincipalType };
      }),
      ...(own.length > from + 1 ? { NextToken: String(from + 1) } : {}),
    };
  }

  #permissionSet({ InstanceArn, PermissionSetArn }: Json): Json {
    const name = String(PermissionSetArn).slice(SET.length);
    if (InstanceArn !== this.instanceArn || !this.#assignments.some(({ set }) => set === name))
      throw new AwsError('ResourceNotFoundException', 'PermissionSet not found.');
    return { PermissionSet: { Name: name, PermissionSetArn } };
  }
}
