// <baclofen-chat>: what it sends, shows and keeps. What was said is kept by the server.

const NEAR = 80; // pixels from the end within which a reader is taken to follow the talk

class BaclofenChat extends Panel {
  static observedAttributes = ["name", "colour", "language", "layout"];

  connectedCallback() {
    const clinic = this.getAttribute("clinic") || "";
    this.wire = new Wire(clinic);
    this.unsent = new Kept("sessionStorage", `baclofen-chat unsent ${clinic}`);
    this.draft = new Kept("sessionStorage", `baclofen-chat draft ${clinic}`);
    this.look = new Kept("localStorage", "baclofen-chat look");
    this.attending = new AbortController();
    this.forget();
    this.build();
    this.attend();
    this.resume();
    if (this.hasAttribute("open")) this.show(true);
  }

  disconnectedCallback() {
    this.attending.abort();
    this.wire.stop();
    clearTimeout(this.retrying);
  }

  attributeChangedCallback() {
    if (this.isConnected && this.panel) this.rebuild();
  }

  // What the page alone knows.
  forget() {
    this.life = Symbol("what is on its way from a life before this counts no more");
    this.said = [];
    this.seen = new Set();
    this.last = 0;
    this.onTheirWay = 0;
    this.flushing = false;
    this.failures = 0;
    this.agreed = "";
    this.consent = null;
    this.recalled = false;
    clearTimeout(this.retrying);
  }

  rebuild() {
    const [open, modal] = [this.isOpen, this.panel.matches(":modal")];
    const said = this.said;
    this.said = [];
    this.build();
    this.seen.clear();
    said.forEach((message) => this.take(message));
    this.unsentItems();
    if (this.consent) this.askConsent(this.consent);
    this.tellWaiting();
    if (modal && this.layout === "corner") this.panel.showModal();
    else if (open) this.show(true);
  }

  attend() {
    const heard = { signal: this.attending.signal };
    window.addEventListener("online", () => this.resume(), heard);
    window.addEventListener("offline", () => this.notice("offline"), heard);
    window.addEventListener("storage", (event) => event.key === this.wire.session.name && this.restart(), heard);
    document.addEventListener("visibilitychange", () => this.listen(), heard);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.paint(), heard);
    visualViewport?.addEventListener("resize", () => this.panel.style.setProperty("--seen", `${visualViewport.height}px`), heard);
  }

  // One stream while the page is looked at: browsers allow few, and a phone's battery is small.
  listen() {
    if (document.visibilityState === "hidden" || !this.wire.session.get()) this.wire.stop();
    else this.wire.follow(() => this.last, (message) => this.take(message, true));
  }

  // What was missed, then what could not be sent.
  async resume() {
    clearTimeout(this.retrying);
    try {
      if (this.wire.session.get()) await this.recall();
    } catch (error) {
      if (error.status !== 401) return this.tryLater();
      this.wire.session.set(null); // the server knows this session no more
    }
    this.unsentItems();
    this.listen();
    return this.flush();
  }

  async recall() {
    const { recalled: fresh, life } = this;
    for (let page; (page = (await this.wire.read(`messages?after=${this.last}`)).messages).length; ) {
      if (life !== this.life) return;
      page.forEach((message) => this.take(message, fresh));
    }
    this.recalled = true;
    if (!fresh) this.toEnd();
  }

  tryLater() {
    this.unsentItems(true);
    this.notice(navigator.onLine ? "trouble" : "offline");
    clearTimeout(this.retrying);
    this.retrying = setTimeout(() => this.resume(), PAUSES[Math.min(this.failures++, PAUSES.length - 1)]);
  }

  restart() {
    this.wire.stop();
    this.forget();
    this.rebuild();
    return this.resume();
  }

  write(text) {
    this.input.value = text;
    this.draft.set(text || null);
  }

  sendWritten() {
    const text = this.input.value;
    if (!text.trim()) return;
    this.write("");
    this.send(text, "");
  }

  send(text, payload) {
    const message = { key: newKey(), text, payload };
    this.unsent.set([...(this.unsent.get() || []), message]);
    this.withdrawChoices();
    this.unsentItems();
    this.toEnd();
    return this.deliver(message);
  }

  // A second message may be sent while the first waits: it can be the one that says what is wrong.
  async deliver(message) {
    const life = this.life;
    this.onTheirWay++;
    this.tellWaiting();
    try {
      const told = await this.wire.turn({ ...message, agreed: this.agreed });
      if (life !== this.life) return;
      if (told.consent) return this.askConsent(told.consent);
      this.settle(message);
      told.messages.forEach((one) => this.take(one, true));
      this.failures = 0;
      this.notice("");
      if (!this.wire.follows) this.listen();
    } catch (error) {
      if (life === this.life) this.failed(message, error);
    } finally {
      if (life === this.life) this.onTheirWay--;
      this.tellWaiting();
    }
  }

  failed(message, error) {
    if (error.status === 413) {
      this.settle(message);
      this.itemOf(message.key)?.remove();
      if (!this.input.value) this.write(message.text);
      return this.notice("too_large");
    }
    if (error.status === 403) return this.notice("refused");
    this.tryLater();
  }

  // In their order. Each carries its key, so the server answers it once, however often it comes.
  async flush() {
    if (this.flushing || this.onTheirWay) return;
    if (!this.unsent.get()?.length) return this.notice(navigator.onLine ? "" : "offline");
    const life = this.life;
    this.flushing = true;
    for (const message of this.unsent.get()) {
      await this.deliver(message);
      if (life !== this.life) return;
      if (this.unsent.get()?.some((one) => one.key === message.key)) break;
    }
    this.flushing = false;
  }

  settle(message) {
    const left = (this.unsent.get() || []).filter((one) => one.key !== message.key);
    this.unsent.set(left.length ? left : null);
    const item = this.itemOf(message.key);
    item?.classList.remove("unsent");
    item?.querySelector(".state")?.remove();
  }

  itemOf(key) {
    return key && this.list.querySelector(`[data-key="${CSS.escape(key)}"]`);
  }

  // At the end, where they will stand when they are sent.
  unsentItems(failed = false) {
    for (const message of this.unsent.get() || []) {
      if (this.seen.has(message.key)) continue;
      const item = this.itemOf(message.key) || unsentItem(message, this.words);
      item.classList.toggle("unsent", failed);
      this.list.append(item);
    }
  }

  // One message, once: by id, or by its own key where this page sent it.
  take(message, fresh = false) {
    if (this.seen.has(message.id) || (message.key && this.seen.has(message.key))) return;
    if (message.id) this.seen.add(message.id);
    if (message.key) this.seen.add(message.key);
    this.said.push(message);
    this.last = Math.max(this.last, message.id);
    this.withdrawChoices();
    if (message.by === "bot") this.takeReply(message, fresh);
    else if (!this.itemOf(message.key)) this.place(patientItem(message, this.words), message);
  }

  takeReply(message, fresh) {
    const follows = this.log.scrollTop + this.log.clientHeight > this.log.scrollHeight - NEAR || this.onTheirWay;
    const item = botItem(message, this.words, this.getAttribute("phone"), (title, payload) => this.send(title, payload));
    this.place(item, message);
    if (isScript(message)) this.pin(item);
    if (message.line?.length) this.danger.replaceChildren(...withNumbers(message.line));
    if (!fresh) return;
    this.announce(spoken(message), message.urgency === "emergency", message.language);
    if (follows) this.reveal(item);
    if (!this.isOpen) this.launcher.querySelector("span").textContent = this.words.new_message;
  }

  place(item, message) {
    if (message.key) item.dataset.key = message.key;
    this.list.append(item);
  }

  // The latest script stays in view while the person writes on.
  pin(item) {
    this.list.querySelector(".pinned")?.classList.remove("pinned");
    item.classList.add("pinned");
    this.danger.classList.add("raised");
  }

  askConsent(consent) {
    this.consent = consent;
    this.unsentItems(true);
    this.list.querySelector(".consent")?.remove();
    const agree = button(this.words.agree, () => this.agree(consent.version), { class: "strong" });
    const refuse = button(this.words.disagree, () => this.disagree());
    const card = make("li", { class: "theirs consent" }, ...blocks(consent.text), make("div", { class: "choices lasting" }, agree, refuse));
    this.list.append(card);
    this.announce(consent.text);
    this.reveal(card);
  }

  agree(version) {
    this.agreed = version;
    this.endConsent();
    return this.flush();
  }

  // What was not sent goes back to where it was written.
  disagree() {
    const held = (this.unsent.get() || []).map((message) => message.text);
    this.unsent.set(null);
    this.list.querySelectorAll(".unsent").forEach((item) => item.remove());
    this.write([...held, this.input.value].filter(Boolean).join("\n"));
    this.endConsent();
    this.notice("disagreed");
  }

  endConsent() {
    this.consent = null;
    this.input.focus();
    this.list.querySelector(".consent")?.remove();
  }

  async export() {
    const record = this.wire.session.get() ? await this.tried(() => this.wire.read("record")) : {};
    if (record === undefined) return;
    const file = URL.createObjectURL(new Blob([JSON.stringify(record, null, 2)], { type: "application/json" }));
    make("a", { href: file, download: "baclofen-chat.json" }).click();
    setTimeout(() => URL.revokeObjectURL(file), 1_000);
  }

  async erase() {
    if (this.wire.session.get() && (await this.tried(() => this.wire.erase())) === undefined) return;
    await this.leave("erased");
  }

  end() {
    return this.leave("ended");
  }

  async leave(kind) {
    [this.wire.session, this.unsent, this.draft].forEach((kept) => kept.set(null));
    await this.restart();
    this.notice(kind);
    this.input.focus();
  }

  async tried(work) {
    try {
      return await work();
    } catch {
      this.notice("trouble_record");
    }
  }
}
