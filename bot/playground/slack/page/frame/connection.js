/* The way to the server: snapshots come over a WebSocket, what the person does goes by POST. */

const RETRIES = [300, 600, 1200, 2500, 5000];
const UNREACHABLE = {
  ok: false,
  error: "unreachable",
  message: "The local Slack cannot be reached. Is it still running?",
};

export class Connection {
  #onSnapshot;
  #onLost;
  #socket = null;
  #person = null;
  #me = null;
  #attempt = 0;
  #timer = 0;

  /** `onSnapshot(snapshot)` for every snapshot, `onLost(isLost)` when the socket goes or comes back. */
  constructor({ onSnapshot, onLost }) {
    this.#onSnapshot = onSnapshot;
    this.#onLost = onLost;
    window.addEventListener("online", () => this.#retryNow());
    document.addEventListener("visibilitychange", () => document.hidden || this.#retryNow());
  }

  /** Watch the workspace as this person; null means whoever is first. */
  watch(person) {
    this.#person = person;
    this.#attempt = 0;
    this.#connect();
  }

  /** Do something as the person on the screen. The answer always has `ok`. */
  async act(what, details) {
    const body = JSON.stringify({ person: this.#me, do: what, ...details });
    try {
      const response = await fetch("/ui/act", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body,
      });
      return await answerOf(response);
    } catch {
      return UNREACHABLE;
    }
  }

  #connect() {
    clearTimeout(this.#timer);
    this.#socket?.close();
    const query = this.#person ? `?person=${encodeURIComponent(this.#person)}` : "";
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/ui${query}`);
    this.#socket = socket;
    let welcomed = false;
    socket.addEventListener("message", (event) => {
      if (socket !== this.#socket) return;
      welcomed = true;
      this.#receive(JSON.parse(event.data));
    });
    socket.addEventListener("close", () => socket === this.#socket && this.#lost(welcomed));
  }

  #receive(frame) {
    if (frame.type !== "snapshot") return;
    this.#attempt = 0;
    this.#person = frame.me;
    this.#me = frame.me;
    this.#onLost(false);
    this.#onSnapshot(frame);
  }

  #lost(welcomed) {
    this.#socket = null;
    this.#onLost(true);
    if (!welcomed && this.#attempt > 1) this.#person = null; // A person from an old address may not exist any more.
    const delay = RETRIES[Math.min(this.#attempt, RETRIES.length - 1)];
    this.#attempt += 1;
    this.#timer = setTimeout(() => this.#connect(), delay);
  }

  #retryNow() {
    if (!this.#socket && this.#attempt) this.#connect();
  }
}

async function answerOf(response) {
  try {
    const answer = await response.json();
    if (typeof answer.ok === "boolean") return answer;
  } catch {
    // Not JSON: the status says what there is to say.
  }
  return {
    ok: false,
    error: `http_${response.status}`,
    message: `The local Slack answered with HTTP ${response.status}.`,
  };
}
