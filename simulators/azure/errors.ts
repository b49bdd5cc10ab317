/** A call that the service refuses, in the words of Azure: HTTP status, code and message of the error envelope. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What else the error says, beside its code and message. */
  readonly more: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    code: string,
    message: string,
    headers: Readonly<Record<string, string>> = {},
    more: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
    this.more = more;
  }
}

/** 404 of Resource Manager for a resource that is not there (`type` as in `Microsoft.Compute/virtualMachines`). */
export function resourceNotFound(type: string, name: string, resourceGroup: string): Refusal {
  return new Refusal(
    404,
    'ResourceNotFound',
    `The Resource '${type}/${name}' under resource group '${resourceGroup}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );
}

/** 400 for a body that is well-formed but says something that the service does not take. */
export function badRequest(message: string, code = 'BadRequest'): Refusal {
  return new Refusal(400, code, message);
}

/** The error envelopes of the simulated services. */
export type Area = 'arm' | 'entra' | 'graph' | 'vault';

/** The body of an error reply as the area's service writes it. `nowMs` is UTC on the simulator's clock. */
export function envelope(area: Area, code: string, message: string, nowMs: number, requestId: string): unknown {
  const at = new Date(nowMs).toISOString();
  if (area === 'entra') {
    // Entra's codes are `error` names followed by the AADSTS number, which the caller puts into the message.
    const number = /^AADSTS(\d+)/.exec(message)?.[1];
    return {
      error: code,
      error_description: `${message} Trace ID: ${requestId} Timestamp: ${at}`,
      error_codes: number ? [Number(number)] : [],
      timestamp: at,
      trace_id: requestId,
      correlation_id: requestId,
    };
  }
  if (area === 'graph') {
    const innerError = { date: at.slice(0, 19), 'request-id': requestId, 'client-request-id': requestId };
    return { error: { code, message, innerError } };
  }
  return { error: { code, message } };
}
