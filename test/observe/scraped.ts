import parse from 'parse-prometheus-text-format';

type Labels = Readonly<Record<string, string>>;

/** What Prometheus would keep of a scrape, read by a parser that is not ours. */
export function scraped(text: string) {
  const families = parse(text).map(({ name, help, type }) => ({ name, help, type: type.toLowerCase() }));
  // NB. The parser leaves the labels of histograms out; without their type, it reads each line for itself.
  const all = parse(text.replace(/^(# TYPE \S+) histogram$/gm, '$1 untyped')).flatMap(({ name, metrics }) =>
    metrics.map(({ value, labels = {} }) => ({ name, labels, value: Number(value) })),
  );
  return {
    families,
    all,
    names: new Set(all.map(({ name }) => name)),
    /** The sum of what bears these labels; undefined where nothing does. */
    value(name: string, labels: Labels = {}): number | undefined {
      const fits = all.filter(
        (one) => one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value),
      );
      return fits.length === 0 ? undefined : fits.reduce((sum, { value }) => sum + value, 0);
    },
  };
}
