/** Yes, no, or nobody can tell, and because of what. */
export type Answer = boolean | Unknown;

export interface Unknown {
  /** What is not known, in a few words: `os of the machine`. */
  readonly unknown: string;
}

export function isUnknown(answer: Answer): answer is Unknown {
  return typeof answer === 'object';
}

/** Yes when all say yes; one no is enough for a no, whatever else is not known. */
export function every(answers: readonly Answer[]): Answer {
  return answers.includes(false) ? false : (answers.find(isUnknown) ?? true);
}

/** Yes when one says yes, whatever else is not known. */
export function some(answers: readonly Answer[]): Answer {
  return answers.includes(true) ? true : (answers.find(isUnknown) ?? false);
}

export function not(answer: Answer): Answer {
  return isUnknown(answer) ? answer : !answer;
}
