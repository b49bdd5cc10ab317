/** Yes, no, or nobody can tell, and because of what. */
export type Holds = boolean | NotKnown;

export interface NotKnown {
  /** What is not known, in a few words: `os of the machine`. */
  readonly unknown: string;
}

export function isUnknown(answer: Holds): answer is NotKnown {
  return typeof answer === 'object';
}

/** Yes when all say yes; one no is enough for a no, whatever else is not known. */
export function every(answers: readonly Holds[]): Holds {
  return answers.includes(false) ? false : (answers.find(isUnknown) ?? true);
}

/** Yes when one says yes, whatever else is not known. */
export function some(answers: readonly Holds[]): Holds {
  return answers.includes(true) ? true : (answers.find(isUnknown) ?? false);
}

export function not(answer: Holds): Holds {
  return isUnknown(answer) ? answer : !answer;
}
