import { randomUUID } from 'node:crypto';
import { AwsError } from './errors.ts';
import type { Signer } from './signature.ts';

type Json = Readonly<Record<string, unknown>>;

interface Secret {
  readonly arn: string;
  readonly name: string;
  text: string | undefined;
  version: string;
  isDeleted: boolean;
  /** The KMS key cannot be used. */
  isLocked: boolean;
}

/** AWS Secrets Manager of one account and region: what a program reads of it. */
export class SecretsManager {
  readonly #secrets = new Map<string, Secret>();
  readonly #now: () => number;
  readonly #where: string;
  /** Nobody may read anything while it is set. */
  isDenied = false;

  constructor(account: string, region: string, now: () => number) {
    this.#where = `arn:aws:secretsmanager:${region}:${account}:secret:`;
    this.#now = now;
  }

  /** Makes a secret, or a new version of it; gives its ARN. Without text it is binary. */
  set(name: string, text?: string): string {
    const arn = this.arnOf(name);
    this.#secrets.set(name, { arn, name, text, version: randomUUID(), isDeleted: false, isLocked: false });
    return arn;
  }

  arnOf(name: string): string {
    return `${this.#where}${name}-Sm1x2y`;
  }

  /** It waits to be deleted ("DeleteSecret": seven days at least). */
  delete(name: string): void {
    this.#mark(name, 'isDeleted');
  }

  /** Its key cannot be used any more. */
  lock(name: string): void {
    this.#mark(name, 'isLocked');
  }

  #mark(name: string, how: 'isDeleted' | 'isLocked'): void {
    const kept = this.#secrets.get(name);
    if (!kept) throw new Error(`there is no secret ${name}`);
    kept[how] = true;
  }

  /** "GetSecretValue" of the current version. */
  run({ credential }: Signer, action: string, input: Json): Json {
    if (action !== 'GetSecretValue') throw new AwsError('UnknownOperationException', `There is no ${action}.`);
    const unknown = Object.keys(input).find((name) => name !== 'SecretId');
    if (unknown !== undefined) throw new AwsError('ValidationException', `${unknown} is not known here.`);
    const id = String(input.SecretId);
    if (this.isDenied) {
      const who = credential.caller.arn;
      throw new AwsError(
        'AccessDeniedException',
        `User: ${who} is not authorized to perform: secretsmanager:GetSecretValue on resource: ${id} because no identity-based policy allows the secretsmanager:GetSecretValue action`,
      );
    }
    const found = [...this.#secrets.values()].find(({ arn, name }) => id === arn || id === name);
    if (!found) throw new AwsError('ResourceNotFoundException', 'Secrets Manager can’t find the specified secret.');
    if (found.isDeleted)
      throw new AwsError(
        'InvalidRequestException',
        'You can’t perform this operation on the secret because it was marked for deletion.',
      );
    if (found.isLocked)
      throw new AwsError('DecryptionFailure', 'Secrets Manager can’t decrypt the protected secret text.');
    const { arn: ARN, name: Name, version: VersionId, text } = found;
    const content =
      text === undefined ? { SecretBinary: Buffer.from('binary').toString('base64') } : { SecretString: text };
    return { ARN, Name, VersionId, ...content, VersionStages: ['AWSCURRENT'], CreatedDate: this.#now() / 1_000 };
  }
}
