import type { Attribute } from '../core/people/attribute.ts';
import type { DirectoryName, GroupSubject } from '../core/people/person.ts';

/** One account as its directory knows it. All ids are those of that directory. */
export interface Account {
  readonly id: string;
  readonly name: string;
  /** Confirmed by the directory; to find the same human elsewhere, and for nothing else. */
  readonly mail?: string;
  readonly disabled: boolean;
  /** Belongs to another organization. */
  readonly guest: boolean;
  /** The user name of the same human in IAM Identity Center. */
  readonly identityCenter?: string;
  readonly manager?: string;
  /** The managers above that one, nearest first, as far as was looked. */
  readonly above?: readonly string[];
  /** Of those that were asked about, in their words. */
  readonly groups: readonly GroupSubject[];
  readonly attributes?: Readonly<Partial<Record<Attribute, string>>>;
  readonly zone?: string;
  readonly language?: string;
  /** Out of office now; absent where it is not known. */
  readonly away?: boolean;
}

/**
 * One directory. Each answer is read anew, within a time limit of its own. Throws `directoryAway`, `directoryRights`,
 * `groupUnknown`.
 */
export interface Accounts {
  readonly from: DirectoryName;
  /** Undefined when there is none, or none any more. */
  account(id: string): Promise<Account | undefined>;
  /** Is somebody out of office now? Absent where it does not tell, undefined of whom nobody knows. */
  away?(id: string): Promise<boolean | undefined>;
  /** Absent where nobody is found by an address. Throws `personTwice` when several have it. */
  byMail?(mail: string): Promise<Account | undefined>;
  /** Everybody in a group that was asked about, those of nested groups too; each with this group alone. Of others nobody. */
  members(group: GroupSubject): Promise<readonly Account[]>;
}
