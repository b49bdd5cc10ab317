type End = () => unknown;

const ends = new Set<End>();

/** Has `end` run where the bench is stopped from outside (Ctrl-C, SIGTERM). Gives how to take that back once it has ended by itself. */
export function whenStopped(end: End): () => void {
  ends.add(end);
  return () => void ends.delete(end);
}

/** Servers that were started end with the bench, however that ends; children do so when their parent is gone (child.ts). */
export function endWhenStopped(): void {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    process.once(signal, () => {
      // What is being measured fails by it, and says nothing.
      process.on('uncaughtException', () => {});
      process.on('unhandledRejection', () => {});
      // The last one that was started first: it may stand on the others.
      const stopped = [...ends].reverse().reduce(
        (before, end) =>
          before.then(end).then(
            () => undefined,
            () => undefined,
          ),
        Promise.resolve(),
      );
      void stopped.then(() => process.exit(code));
    });
}
