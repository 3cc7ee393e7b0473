/* Who and where this tab is: in the address (to share and reload) and in the tab's own storage. */

const KEYS = ["person", "channel"];

/** Read {person, channel}; the address wins over what the tab remembers. */
export function readPlace() {
  const hash = new URLSearchParams(location.hash.slice(1));
  return Object.fromEntries(KEYS.map((key) => [key, hash.get(key) ?? recall(key)]));
}

/** Remember where this tab is. */
export function writePlace(place) {
  const hash = new URLSearchParams(KEYS.filter((key) => place[key]).map((key) => [key, place[key]]));
  if (location.hash.slice(1) !== hash.toString()) history.replaceState(null, "", `#${hash}`);
  for (const key of KEYS) remember(key, place[key]);
}

/** Read something this tab remembers, or null. */
export function recall(key) {
  try {
    return sessionStorage.getItem(`fixdesk.${key}`);
  } catch {
    return null; // Storage may be switched off; the page works without.
  }
}

/** Keep a text for as long as this tab lives; null forgets it. */
export function remember(key, text) {
  try {
    if (text === null || text === undefined) sessionStorage.removeItem(`fixdesk.${key}`);
    else sessionStorage.setItem(`fixdesk.${key}`, text);
  } catch {
    // As above.
  }
}
