import type { Drill } from '../../src/core/request/drill.ts';
import type { DrillRecords } from '../../src/ports/drill.ts';

/** The twin of the record in Redis. */
export function memoryDrills(): DrillRecords {
  let last: Drill | undefined;
  return {
    last: async () => last,
    async keep(drill) {
      last = drill;
    },
  };
}
