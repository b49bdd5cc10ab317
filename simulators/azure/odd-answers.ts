import type { OddAnswers } from './simulation.ts';

type Edit = (body: never) => unknown;

/** Shapes that answers come in besides the usual ones. */
export function oddAnswers(): OddAnswers & {
  readonly hands: { answerOddly(operation: string | RegExp, edit: Edit): void };
} {
  const edits: { readonly operation: string | RegExp; readonly edit: Edit }[] = [];
  return {
    edit(operation, body) {
      const wanted = edits.filter((one) =>
        typeof one.operation === 'string' ? one.operation === operation : one.operation.test(operation),
      );
      // The state itself stays as it is.
      return wanted.reduce((before: unknown, { edit }) => edit(structuredClone(before) as never), body);
    },
    hands: {
      /** From now on these operations answer with what this makes of their usual answer. */
      answerOddly(operation, edit) {
        edits.push({ operation, edit });
      },
    },
  };
}
