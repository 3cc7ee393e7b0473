/* Times as the page shows them: British English, the reader's own time zone, by the clock of the playground. */

const LOCALE = "en-GB";
const DAY = 86_400_000;

let ahead = 0;

const format = (options) => new Intl.DateTimeFormat(LOCALE, options);
const TIME = format({ hour: "2-digit", minute: "2-digit" });
const TIME_SECS = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const NUMERIC = format({ year: "numeric", month: "2-digit", day: "2-digit" });
const SHORT = format({ day: "numeric", month: "short", year: "numeric" });
const MEDIUM = format({ day: "numeric", month: "long", year: "numeric" });
const LONG = format({ weekday: "long", day: "numeric", month: "long", year: "numeric" });

/** The tokens of `<!date^…>`: https://docs.slack.dev/messaging/formatting-message-text */
const TOKENS = {
  date_num: (date) => NUMERIC.format(date),
  date: (date) => MEDIUM.format(date),
  date_short: (date) => SHORT.format(date),
  date_long: (date) => LONG.format(date),
  date_pretty: (date) => nearDay(date) ?? MEDIUM.format(date),
  date_short_pretty: (date) => nearDay(date) ?? SHORT.format(date),
  date_long_pretty: (date) => nearDay(date) ?? LONG.format(date),
  time: (date) => TIME.format(date),
  time_secs: (date) => TIME_SECS.format(date),
  ago: (date) => ago(date),
};

/** Go by a clock that is this far ahead of the machine's. */
export function followClock(aheadSeconds) {
  ahead = aheadSeconds * 1000;
}

function now() {
  return new Date(Date.now() + ahead);
}

/** What "today" means at this moment: its midnight, in milliseconds. */
export function today() {
  return midnight(now());
}

/** The moment that a message's `ts` names. */
export function dateOfTs(ts) {
  return new Date(Number(ts) * 1000);
}

export function clockTime(date) {
  return TIME.format(date);
}

export function clockTimeWithSeconds(date) {
  return TIME_SECS.format(date);
}

export function fullDate(date) {
  return `${LONG.format(date)} at ${TIME_SECS.format(date)}`;
}

/** "Today", "Yesterday" or the whole date. */
export function dayName(date) {
  const near = nearDay(date);
  return near ? capitalised(near) : LONG.format(date);
}

/** Fill the tokens of a `<!date^…>` format; null for a moment or a token that makes no sense. */
export function fillDateFormat(seconds, template) {
  const date = new Date(Number(seconds) * 1000);
  if (!/^\d+$/.test(seconds) || Number.isNaN(date.getTime())) return null;
  let known = true;
  const text = template.replace(/\{(\w+)\}/g, (whole, token) => {
    if (Object.hasOwn(TOKENS, token)) return TOKENS[token](date);
    known = false;
    return whole;
  });
  return known ? capitalised(text) : null;
}

function capitalised(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function midnight(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

function nearDay(date) {
  const days = Math.round((midnight(date) - today()) / DAY);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[days] ?? null;
}

function ago(date) {
  const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: "auto" });
  const minutes = Math.round((date.getTime() - now().getTime()) / 60_000);
  if (Math.abs(minutes) < 60) return relative.format(minutes, "minute");
  if (Math.abs(minutes) < 1440) return relative.format(Math.round(minutes / 60), "hour");
  return relative.format(Math.round(minutes / 1440), "day");
}
