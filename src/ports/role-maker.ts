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
