/** A refusal in the shape of Google's JSON error model (Compute Engine, "Error messages"). */
export class GcpError extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }

  get body(): unknown {
    const { status, message, reason } = this;
    return { error: { code: status, message, errors: [{ message, domain: 'global', reason }] } };
  }
}

export const invalid = (field: string, value: unknown, why: string): GcpError =>
  new GcpError(400, 'invalid', `Invalid value for field '${field}': '${String(value)}'. ${why}`);

export const notFound = (what: string): GcpError =>
  new GcpError(404, 'notFound', `The resource '${what}' was not found`);

export const notReady = (what: string): GcpError =>
  new GcpError(400, 'resourceNotReady', `The resource '${what}' is not ready`);
