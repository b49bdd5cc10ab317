/** A refusal in AWS's words: its error code, a message and the HTTP status it comes with. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** What else an answer in JSON says. */
  readonly more: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, status = 400, more: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.status = status;
    this.more = more;
  }
}

/** `InvalidParameterValue`: the parameter is known, its value is not possible. */
export const invalidValue = (message: string): AwsError => new AwsError('InvalidParameterValue', message);

/** `MissingParameter`, named as it is sent. */
export const missing = (parameter: string): AwsError =>
  new AwsError('MissingParameter', `The request must contain the parameter ${parameter}`);

/** `InvalidParameterCombination`: each parameter is possible alone. */
export const invalidCombination = (message: string): AwsError => new AwsError('InvalidParameterCombination', message);

/** `InvalidGroup.NotFound`, by id or by name. */
export const noGroup = (group: string): AwsError =>
  new AwsError('InvalidGroup.NotFound', `The security group '${group}' does not exist`);

/** What a request whose sender cannot be told gets from EC2. */
export const authFailure = (): AwsError =>
  new AwsError('AuthFailure', 'AWS was not able to validate the provided access credentials', 401);
