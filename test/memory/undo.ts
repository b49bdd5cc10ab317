import type { UndoRecord, UndoRecords } from '../../src/ports/undo.ts';

/** Undo records in memory, as JSON. */
export function memoryUndo(records = new Map<string, string>()): UndoRecords {
  return {
    async keep(record) {
      records.set(record.id, JSON.stringify(record));
    },
    async all(cloud) {
      return [...records.values()]
        .map((text): UndoRecord => JSON.parse(text))
        .filter((record) => record.cloud === cloud);
    },
    async drop(id) {
      records.delete(id);
    },
  };
}
