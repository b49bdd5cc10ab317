import type { LogMark, LogMarks, ReadFrom } from '../../src/ports/write-log.ts';

export function memoryLogMarks(): LogMarks {
  const marks = new Map<string, LogMark>();
  let place: ReadFrom | undefined;
  return {
    of: async (log) => marks.get(log),
    keep: async (log, mark) => void marks.set(log, mark),
    place: async () => place,
    async keepPlace(next) {
      place = next;
    },
  };
}
