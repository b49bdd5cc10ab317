import type { CallWatch } from '../../src/ports/meter.ts';

/** Calls to a cloud that were seen, each once it has ended: `aws 123456789012 DescribeInstances done`. */
export function calls() {
  let lines: string[] = [];
  const watch: CallWatch = ({ cloud, account, operation }) => {
    return (outcome) => void lines.push(`${cloud} ${account} ${operation} ${outcome}`);
  };
  return {
    watch,
    lines: (): readonly string[] => lines,
    forget() {
      lines = [];
    },
  };
}
