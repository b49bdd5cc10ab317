/** What is wrong, and where. */
export interface AuditFault {
  readonly file: string;
  readonly line: number;
  /** The record, where it is known which. */
  readonly index?: number;
  readonly what: 'changed' | 'missing' | 'reordered' | 'damaged' | 'signature' | 'receipt';
  readonly say: string;
}
