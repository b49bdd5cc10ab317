import type { CloudName } from '../core/machine/machine.ts';

/** How something of others was before it was changed. Kept outside of Redis. */
export interface UndoRecord {
  /** The same for the same thing: `aws-` or `azure-` and lower-case letters and digits. */
  readonly id: string;
  readonly cloud: CloudName;
  /** What was changed: `123456789012:eu-west-1:sg-…`, an ARM id. */
  readonly at: string;
  /** JSON that only the adapter understands. */
  readonly was: unknown;
  /** The SHA-256 of a record that does not bear a signature of this installation; absent for one that does. */
  readonly unsigned?: string;
}

export interface UndoRecords {
  /** Keeps a record, in place of one with its id. It is safe once this resolves. */
  keep(record: UndoRecord): Promise<void>;
  /** All of one cloud. Throws `badUndo` for one that cannot be read: what it says must not be forgotten. */
  all(cloud: CloudName): Promise<readonly UndoRecord[]>;
  /** Absent is success. */
  drop(id: string): Promise<void>;
}

/** Tells one folder from another, however it is reached. */
export interface FolderMark {
  readonly path: string;
  /** A random text that is kept in the folder; made where there is none. Throws `undoFolder` where it can be neither read nor made. */
  read(): Promise<string>;
}
