import { randomBytes } from 'node:crypto';

/** Who a call comes from, once its signature was verified. */
export interface Caller {
  readonly account: string;
  readonly arn: string;
  readonly userId: string;
  /** Set by the first AssumeRole that names one; later ones in the chain cannot change it. */
  readonly sourceIdentity?: string;
  /** A role that was assumed, not a user. */
  readonly assumed: boolean;
}

/** What an access key stands for. */
export interface Credential {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** UTC ms; a user's keys do not expire. */
  readonly expiresMs?: number;
  readonly caller: Caller;
}

/** A role that may be assumed by whoever knows its external id. */
export interface RoleRecord {
  readonly arn: string;
  readonly id: string;
  readonly account: string;
  readonly externalId: string;
  readonly maxSessionSeconds: number;
  /** Its trust policy does not allow `sts:SetSourceIdentity`. */
  readonly refusesIdentity?: boolean;
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** An id in IAM's way: its kind's prefix and random letters and digits. */
export const iamId = (prefix: string, length = 16): string =>
  prefix + [...randomBytes(length)].map((byte) => BASE32[byte % 32]).join('');

const secret = (): string => randomBytes(30).toString('base64');

/** What a token has to say for a role. */
export interface WebTrust {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
}

/** The access keys and roles that the simulator knows. */
export class Credentials {
  readonly #now: () => number;
  readonly #partition: string;
  readonly #keys = new Map<string, Credential>();
  readonly #roles = new Map<string, RoleRecord>();
  readonly #webRoles = new Map<string, { readonly role: RoleRecord; readonly trusts: WebTrust }>();

  /** @param partition `aws`, `aws-us-gov`, `aws-cn`: the second part of every ARN */
  constructor(now: () => number, partition = 'aws') {
    this.#now = now;
    this.#partition = partition;
  }

  find(accessKeyId: string): Credential | undefined {
    return this.#keys.get(accessKeyId);
  }

  role(arn: string): RoleRecord | undefined {
    return this.#roles.get(arn);
  }

  addRole(account: string, name: string, externalId: string): RoleRecord {
    const arn = `arn:${this.#partition}:iam::${account}:role/${name}`;
    const role = { arn, id: iamId('AROA'), account, externalId, maxSessionSeconds: 12 * 3600 };
    this.#roles.set(arn, role);
    return role;
  }

  /** Somebody edits the trust policy of a role: it may, or may not, be assumed with a source identity. */
  setRefusesIdentity(arn: string, refusesIdentity: boolean): void {
    const role = this.#roles.get(arn);
    if (role) this.#roles.set(arn, { ...role, refusesIdentity });
  }

  /** A role that trusts whoever bears a token of this issuer for this audience and subject. */
  addWebRole(account: string, name: string, trusts: WebTrust): string {
    const arn = `arn:${this.#partition}:iam::${account}:role/${name}`;
    this.#webRoles.set(arn, {
      role: { arn, id: iamId('AROA'), account, externalId: '', maxSessionSeconds: 3600 },
      trusts,
    });
    return arn;
  }

  webRole(arn: string): { readonly role: RoleRecord; readonly trusts: WebTrust } | undefined {
    return this.#webRoles.get(arn);
  }

  /** A role that is gone cannot be assumed; sessions it gave out go on until they expire. */
  removeRole(arn: string): void {
    this.#roles.delete(arn);
  }

  addUser(account: string, name: string): Credential {
    const arn = `arn:${this.#partition}:iam::${account}:user/${name}`;
    return this.#keep({
      accessKeyId: iamId('AKIA'),
      secretAccessKey: secret(),
      caller: { account, arn, userId: iamId('AIDA'), assumed: false },
    });
  }

  addSession(role: RoleRecord, session: string, seconds: number, sourceIdentity: string | undefined): Credential {
    return this.#keep({
      accessKeyId: iamId('ASIA'),
      secretAccessKey: secret(),
      sessionToken: randomBytes(180).toString('base64'),
      expiresMs: this.#now() + seconds * 1000,
      caller: {
        account: role.account,
        arn: `arn:${this.#partition}:sts::${role.account}:assumed-role/${role.arn.slice(role.arn.lastIndexOf('/') + 1)}/${session}`,
        userId: `${role.id}:${session}`,
        sourceIdentity,
        assumed: true,
      },
    });
  }

  #keep(credential: Credential): Credential {
    this.#keys.set(credential.accessKeyId, credential);
    return credential;
  }
}
