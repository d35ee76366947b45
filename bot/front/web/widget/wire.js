// The way to the server: a session for this page, answers, and the stream of what is new.

const SILENCE = 40_000; // milliseconds without a sign of life, after which a stream is dead
const PAUSES = [1_000, 2_000, 5_000, 10_000, 30_000]; // between one try and the next

class Refused extends Error {
  constructor(status) {
    super(`the server answered ${status}`);
    this.status = status;
  }
}

// Storage that a browser may forbid; then it lasts as long as the page.
class Kept {
  constructor(area, name) {
    this.area = area;
    this.name = name;
    this.mind = null;
    this.forbidden = false;
  }

  get() {
    if (this.forbidden) return this.mind;
    try {
      return JSON.parse(window[this.area].getItem(this.name));
    } catch {
      return null;
    }
  }

  set(value) {
    this.mind = value;
    try {
      if (value === null) window[this.area].removeItem(this.name);
      else window[this.area].setItem(this.name, JSON.stringify(value));
    } catch {
      this.forbidden = true;
    }
  }
}

class Wire {
  constructor(clinic) {
    this.clinic = clinic;
    this.address = new URL("web/", SCRIPT.src).href;
    this.session = new Kept("localStorage", `baclofen-chat ${clinic}`);
  }

  async turn(message) {
    try {
      return await this.ask("POST", "turn", message, await this.opened());
    } catch (error) {
      if (error.status !== 401) throw error;
      this.session.set(null); // the server knows this session no more: begin anew
      return this.ask("POST", "turn", message, await this.opened());
    }
  }

  read(path) {
    return this.ask("GET", path, undefined, this.session.get());
  }

  erase() {
    return this.ask("DELETE", "record", undefined, this.session.get());
  }

  // The session, minted when the first message is sent, and once for several sent together.
  async opened() {
    if (this.session.get()) return this.session.get();
    this.minting ||= this.ask("POST", "session", { clinic: this.clinic }).finally(() => (this.minting = null));
    this.session.set((await this.minting).session);
    return this.session.get();
  }

  async ask(method, path, body, session) {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), GIVEN.patience);
    try {
      const response = await this.request(method, path, body, session, late.signal);
      return response.status === 204 ? null : await response.json();
    } finally {
      clearTimeout(timer);
    }
  }

  async request(method, path, body, session, signal, more) {
    const headers = { ...more };
    if (session) headers.Authorization = `Bearer ${session}`;
    if (body) headers["Content-Type"] = "application/json";
    const how = { method, headers, body: body && JSON.stringify(body), signal, credentials: "omit", cache: "no-store" };
    const response = await fetch(this.address + path, how);
    if (!response.ok) throw new Refused(response.status);
    return response;
  }

  // Hands each new message to `take`, and goes on where it was cut off, until `stop`.
  async follow(last, take) {
    this.stop();
    const own = (this.following = new AbortController());
    for (let failed = 0; !own.signal.aborted; failed++) {
      try {
        await this.stream(last(), own, (message) => {
          failed = 0;
          take(message);
        });
      } catch (error) {
        if (error.status === 401) return own.abort();
      }
      await new Promise((go) => setTimeout(go, PAUSES[Math.min(failed, PAUSES.length - 1)]));
    }
  }

  get follows() {
    return Boolean(this.following && !this.following.signal.aborted);
  }

  stop() {
    this.following?.abort();
  }

  async stream(last, own, take) {
    const cut = new AbortController();
    const end = () => cut.abort();
    own.signal.addEventListener("abort", end);
    let silence = setTimeout(end, SILENCE);
    try {
      const more = { "Last-Event-ID": String(last) };
      const response = await this.request("GET", "events", undefined, this.session.get(), cut.signal, more);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let rest = "", read; !(read = await reader.read()).done; ) {
        clearTimeout(silence);
        silence = setTimeout(end, SILENCE);
        const events = (rest + read.value).split("\n\n");
        rest = events.pop();
        events.flatMap((event) => event.split("\n")).forEach((line) => {
          if (line.startsWith("data: ")) take(JSON.parse(line.slice(6)));
        });
      }
    } finally {
      clearTimeout(silence);
      own.signal.removeEventListener("abort", end);
    }
  }
}

// Also on pages without TLS, where crypto.randomUUID is missing.
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
