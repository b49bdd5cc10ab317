import type { Argument, Command, Option } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** What may be typed at some place, and what it is for. */
interface Word {
  readonly word: string;
  /** The same option in one letter. */
  readonly short?: string;
  readonly about: string;
  /** An option that takes a value: those that it may have, or none where anything may follow, such as a file. */
  readonly values?: readonly string[];
}

/** What follows some words of a command line: commands, options and choices, from the table of commands itself. */
interface Place {
  /** `/audit/verify`; empty behind `jit`. */
  readonly path: string;
  readonly words: readonly Word[];
}

/** Prints what a shell takes to complete `jit`: nothing is run while somebody types. */
export function completionVerb(shell: string, program: Command): void {
  const places = placesIn(program, '');
  console.log(shell === 'fish' ? fish(places) : shell === 'zsh' ? zsh(places) : bash(places));
}

function placesIn(command: Command, path: string): readonly Place[] {
  const below = command.commands.map((own) => ({ word: own.name(), about: own.description() }));
  const choices = command.registeredArguments.flatMap(choicesOf);
  const words = [...below, ...choices, ...command.options.flatMap(optionOf), HELP];
  return [{ path, words }, ...command.commands.flatMap((own) => placesIn(own, `${path}/${own.name()}`))];
}

const HELP: Word = { word: '--help', about: 'display help for command' };

function choicesOf({ argChoices = [], description }: Argument): readonly Word[] {
  return argChoices.map((word) => ({ word, about: description }));
}

function optionOf({ long, short, description, argChoices, required }: Option): readonly Word[] {
  if (!long) return [];
  const valued = required ? { values: argChoices ?? [] } : {};
  return [{ word: long, about: description, ...valued, ...(short ? { short } : {}) }];
}

const namesOf = (places: readonly Place[]) => places.flatMap(({ path }) => (path === '' ? [] : [path]));

function bash(places: readonly Place[]): string {
  const valued = places.flatMap(({ path, words }) =>
    words.flatMap(({ word, short, values }) => {
      const names = [word, ...(short ? [short] : [])].map((name) => `"${path} ${name}"`);
      return values ? [`    ${names.join('|')}) words="${values.join(' ')}" ;;`] : [];
    }),
  );
  return `_jit() {
  local path="" words="" start="" i
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD - 1]}"
  # --for=x is one word in zsh, and three in bash.
  case "$current" in
    --*=*) before="\${current%%=*}"; start="$before="; current="\${current#*=}" ;;
    =) current="" ;;
    *) if [[ "$before" == "=" ]]; then before="\${COMP_WORDS[COMP_CWORD - 2]}"; fi ;;
  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    # Behind it stand words of another program.
    if [[ "\${COMP_WORDS[i]}" == "--" ]]; then return; fi
    case "$path/\${COMP_WORDS[i]}" in
      ${namesOf(places).join('|')}) path="$path/\${COMP_WORDS[i]}" ;;
    esac
  done
  case "$path" in
${places.map(({ path, words }) => `    "${path}") words="${words.map(({ word }) => word).join(' ')}" ;;`).join('\n')}
  esac
  case "$path $before" in
${valued.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -P "$start" -- "$current"))
}
complete -o default -F _jit jit`;
}

/** Zsh runs what bash takes ("zshcompsys", bashcompinit). */
function zsh(places: readonly Place[]): string {
  return `autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n${bash(places)}`;
}

function fish(places: readonly Place[]): string {
  const lines = places.flatMap(({ path, words }) =>
    words.map(({ word, short, about, values }) => {
      const value = values === undefined ? '' : values.length === 0 ? ' -r' : ` -x -a ${inQuotes(values.join(' '))}`;
      const what = word.startsWith('--')
        ? `${short ? `-s ${short.slice(1)} ` : ''}-l ${word.slice(2)}${value}`
        : `-f -a ${word}`;
      return `complete -c jit -n ${inQuotes(`__jit_at "${path}"`)} ${what} -d ${inQuotes(about)}`;
    }),
  );
  return `function __jit_at
  set -l path ''
  for word in (commandline -opc)[2..]
    contains -- "$path/$word" ${namesOf(places).join(' ')}; and set path "$path/$word"
  end
  test "$path" = "$argv[1]"
end
${lines.join('\n')}`;
}

function inQuotes(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
