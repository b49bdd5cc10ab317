import type { RecordFacts } from '../audit/facts.ts';
import { DAY_MS, type Instant } from '../language/instant.ts';

const RETAINED = /: records before (\d+) were deleted, older than (\d+) days$/;

/** What the audit says where a sink deletes what is older than it is to be kept. */
export function retainedText(sink: string, begins: number, days: number): string {
  return `${sink}: records before ${begins} were deleted, older than ${days} days`;
}

/** The record that the rest begins with, of an entry that says that, and how old what was deleted was at least. */
export function retainedIn({
  event,
  why,
}: RecordFacts): { readonly begins: number; readonly days: number } | undefined {
  const [, begins, days] = (event === 'retain' && RETAINED.exec(String(why))) || [];
  return begins === undefined ? undefined : { begins: Number(begins), days: Number(days) };
}

type Place = { readonly index: number; readonly at: Instant };

/**
 * What entries say of records that were deleted after their time. One is believed where the records that are left are as old as it says,
 * as files are deleted whole, up to the day after their last record: else whoever can write to Redis could have any of them taken for old.
 */
export function deletions() {
  let [first, believed, doubted]: (Place | undefined)[] = [];
  let [begins, days] = [0, 0];
  return {
    /** A record, in its place. */
    take({ index, at }: Place, facts: RecordFacts): void {
      first ??= { index, at };
      const said = retainedIn(facts);
      if (!said || said.begins < first.index) return;
      if (first.at > at - said.days * DAY_MS) doubted = { index, at };
      else if (said.begins >= begins) [believed, begins, days] = [{ index, at }, said.begins, said.days];
    },
    /** Of records that are missing before the first: a remark where they were deleted after their time, a fault where they were not. */
    before(missing: string): { readonly remark: string } | { readonly fault: string } {
      if (believed)
        return {
          remark: `${missing} not here: record ${believed.index} says that they were deleted, older than ${days} days`,
        };
      const said = doubted
        ? `record ${doubted.index} says that they were deleted after their time, for which the next ones are too young`
        : 'no entry says that they were deleted after their time';
      return { fault: `${missing} missing before this line, and ${said}` };
    },
  };
}
