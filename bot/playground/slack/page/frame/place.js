/* Who and where this tab is: in the address (to share and reload) and in the tab's own storage. */

const KEYS = ["person", "channel", "tab"];

/** Whether this document stands beside another one of the page, in the same window. */
export const isEmbedded = new URLSearchParams(location.hash.slice(1)).has("embedded");
const PREFIX = isEmbedded ? "fixdesk.beside." : "fixdesk."; // Both documents share the storage of the tab.

/** Read {person, channel, tab}; the address wins over what the tab remembers. */
export function readPlace() {
  const hash = new URLSearchParams(location.hash.slice(1));
  return Object.fromEntries(KEYS.map((key) => [key, hash.get(key) ?? (hash.has("person") ? null : recall(key))]));
}

/** Remember where this tab is. */
export function writePlace(place) {
  const hash = addressOf(place, { embedded: isEmbedded });
  if (location.hash !== hash) history.replaceState(null, "", hash);
  for (const key of KEYS) remember(key, place[key]);
}

/** The fragment that leads to a place. */
export function addressOf(place, { embedded }) {
  const hash = new URLSearchParams(KEYS.filter((key) => place[key]).map((key) => [key, place[key]]));
  if (embedded) hash.set("embedded", "1");
  return `#${hash}`;
}

/** Read something this tab remembers, or null. */
export function recall(key) {
  try {
    return sessionStorage.getItem(`${PREFIX}${key}`);
  } catch {
    return null; // Storage may be switched off; the page works without.
  }
}

/** Keep a text for as long as this tab lives; null forgets it. */
export function remember(key, text) {
  try {
    if (text === null || text === undefined) sessionStorage.removeItem(`${PREFIX}${key}`);
    else sessionStorage.setItem(`${PREFIX}${key}`, text);
  } catch {
    // As above.
  }
}
