import type { LogMark, LogMarks } from '../../src/ports/write-log.ts';

export function memoryLogMarks(): LogMarks {
  const marks = new Map<string, LogMark>();
  let place: { readonly epoch: number; readonly sequence: number } | undefined;
  return {
    of: async (log) => marks.get(log),
    keep: async (log, mark) => void marks.set(log, mark),
    place: async () => place,
    async keepPlace(next) {
      place = next;
    },
  };
}
