/** A role as a cloud has it, or is to have it. */
export interface RoleDefinition {
  /** The cloud's ID of it; absent where it is not there yet. */
  readonly id?: string;
  /** Its name: unique in the tenant. */
  readonly name: string;
  readonly description: string;
  readonly actions: readonly string[];
  readonly dataActions: readonly string[];
  /** Where it can be assigned. */
  readonly scopes: readonly string[];
}

/** Makes roles with the sign-in at hand. Each call throws a `JitError` where it did not work, or nobody can tell. */
export interface RoleMaker {
  /** All custom roles that can be assigned in a subscription. */
  find(subscription: string, signal: AbortSignal): Promise<readonly RoleDefinition[]>;
  /** Makes a role, or makes another one of it. The same twice is the same as once. */
  put(subscription: string, role: RoleDefinition, signal: AbortSignal): Promise<void>;
}

/** A role of an account that others assume, with the policies that are written in it. */
export interface TrustedRole {
  /** Its name: unique in the account. */
  readonly name: string;
  /** The installation that it was made for, as its tag says. */
  readonly installation: string;
  /** How long a session of it may be, in seconds. */
  readonly sessionS: number;
  /** Who may assume it: a policy document. */
  readonly trust: PolicyDocument;
  /** What it may do, by the name of each policy. */
  readonly policies: ReadonlyMap<string, PolicyDocument>;
}

/** A policy as JSON has it ("IAM JSON policy elements reference"). */
export type PolicyDocument = Readonly<Record<string, unknown>>;

/** A role as it is in an account: somebody else may have made it, and have attached what is not written in it. */
export interface FoundRole extends Omit<TrustedRole, 'installation'> {
  readonly installation?: string;
  /** ARNs of the policies that are attached to it. */
  readonly attached: readonly string[];
}

/** One write to a role: the whole role, or a part of it in place of what it had. */
export type RoleChange =
  | { readonly kind: 'create'; readonly role: TrustedRole }
  | { readonly kind: 'trust'; readonly trust: PolicyDocument }
  | { readonly kind: 'session'; readonly sessionS: number }
  | { readonly kind: 'policy'; readonly policy: string; readonly document: PolicyDocument }
  | { readonly kind: 'removePolicy'; readonly policy: string };

/** The same in one account that is signed in to. Each call throws a `JitError` where it did not work, or nobody can tell. */
export interface TrustedRoleMaker {
  /** The account that is signed in to, with the partition of its ARNs. */
  account(signal: AbortSignal): Promise<{ readonly id: string; readonly partition: string }>;
  /** A role as it is now, read whole; undefined where there is none of that name. */
  find(name: string, signal: AbortSignal): Promise<FoundRole | undefined>;
  /** Writes one change. All but `create` are the same twice as once. */
  write(name: string, change: RoleChange, signal: AbortSignal): Promise<void>;
}
