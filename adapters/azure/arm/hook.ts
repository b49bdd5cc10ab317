/** A step of the pipelines; those of the SDKs are alike. */
export interface Hook {
  readonly name: string;
  sendRequest<Q extends SentCall, R extends GivenAnswer>(request: Q, next: (request: Q) => Promise<R>): Promise<R>;
}

export interface SentCall {
  readonly method: string;
  readonly url: string;
  /** As the SDKs pass on what they are given: an AbortSignal of ours. */
  readonly abortSignal?: unknown;
}

export interface GivenAnswer {
  readonly status: number;
  readonly bodyAsText?: string | null;
  readonly headers: { get(name: string): string | undefined };
}
