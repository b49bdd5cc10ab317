const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const seconds = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' });
const longDay = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });

/** `14:05`, in the reader's own time zone. */
export const clockOf = (ms: number): string => time.format(ms);
export const secondsOf = (ms: number): string => seconds.format(ms);

/** `today`, `tomorrow`, `yesterday`, or the date. */
function prettyDay(ms: number): string {
  const dayOf = (at: number) => Math.floor((at - new Date(at).getTimezoneOffset() * 60_000) / 86_400_000);
  const ahead = dayOf(ms) - dayOf(Date.now());
  return { '-1': 'yesterday', '0': 'today', '1': 'tomorrow' }[String(ahead)] ?? day.format(ms);
}

/** An instant in Slack's date format (docs.slack.dev/messaging/formatting-message-text#date-formatting). */
export function slackDate(ms: number, format: string): string {
  return format.replace(/\{(\w+)\}/g, (token, name: string) => {
    if (name === 'time') return clockOf(ms);
    if (name === 'time_secs') return secondsOf(ms);
    if (name.endsWith('_pretty')) return prettyDay(ms);
    if (name === 'date_long') return longDay.format(ms);
    return name.startsWith('date') ? day.format(ms) : token;
  });
}
