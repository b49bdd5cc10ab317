/** An entry of the audit, as it was written (ports/audit.ts). */
export interface Placed {
  readonly epoch: number;
  readonly sequence: number;
  readonly at: number;
  readonly record: string;
  readonly people: string;
  readonly hash: string;
}
