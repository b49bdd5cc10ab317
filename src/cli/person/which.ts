const PERSON = ['login', 'logout', 'request', 'status', 'approve', 'deny', 'withdraw', 'extend', 'explain'];
const ALONE = [...PERSON, 'recommend', 'whoami', 'ssh', 'rdp'];
/** As the operator where a configuration is at hand, and else as whoever signed in. */
const SHARED = ['list', 'show', 'machines', 'why', 'revoke'];

interface Here {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly hasConfig: boolean;
}

/** Is this a command of a person, who has signed in, and none of the operator? */
export function isPersonal([verb = '', ...words]: readonly string[], { env, hasConfig }: Here): boolean {
  if (ALONE.includes(verb)) return true;
  if (!SHARED.includes(verb)) return false;
  const behind = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
  if (behind.some((word) => word === '--server' || word.startsWith('--server='))) return true;
  const isOperators = behind.some((word) => /^(?:-c|--config)/.test(word)) || Boolean(env.DRAWBRIDGE_CONFIG);
  return !isOperators && !hasConfig;
}

/** What to say where nobody is signed in: somebody who looks after Drawbridge may stand in another folder. */
export function operatorsHint([verb = '']: readonly string[]): string | undefined {
  return SHARED.includes(verb)
    ? 'As the operator, run it in the folder of drawbridge.yaml, or name that file with --config.'
    : undefined;
}
