// <baclofen-chat>: the chat itself. Attributes choose its look; what was said is kept by the server.

// A sheet of its own passes every Content-Security-Policy; browsers before 2023 need an element.
const SHEET = "replaceSync" in CSSStyleSheet.prototype && new CSSStyleSheet();
if (SHEET) SHEET.replaceSync(GIVEN.styles);
const SPOKEN_FOR = 20_000; // milliseconds that a screen reader is given before its words are taken away
const SLOW = 2_000; // milliseconds after which waiting is spoken of
const NEAR = 80; // pixels from the end within which a reader is taken to follow the talk

class BaclofenChat extends HTMLElement {
  static observedAttributes = ["name", "colour", "language", "layout"];

  constructor() {
    super();
    this.attachShadow({ mode: "open" });
    if (SHEET) this.shadowRoot.adoptedStyleSheets = [SHEET];
  }

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

  get words() {
    return GIVEN.words[this.language];
  }

  get language() {
    const wanted = this.getAttribute("language") || this.closest("[lang]")?.lang || navigator.language;
    return wanted.slice(0, 2) in GIVEN.words ? wanted.slice(0, 2) : "en";
  }

  get layout() {
    return this.getAttribute("layout") || "corner";
  }

  get isOpen() {
    return this.layout !== "corner" || this.panel.open;
  }

  // Building

  build() {
    const words = this.words;
    this.launcher = button(icon(ICONS.chat), () => this.show(), { class: "launcher", "aria-expanded": "false" });
    this.launcher.append(make("span", {}, this.heading));
    this.panel = make(this.layout === "corner" ? "dialog" : "section", { class: "panel", tabindex: "-1", "aria-label": this.heading });
    this.panel.append(this.head(), this.line(), this.options(), this.talk(), this.note(), this.writing(), ...this.regions());
    this.panel.addEventListener("cancel", (event) => (event.preventDefault(), this.hide()));
    this.panel.addEventListener("keydown", (event) => event.key === "Escape" && this.hide());
    this.panel.lang = this.language;
    const styles = SHEET ? [] : [make("style", {}, GIVEN.styles)];
    this.shadowRoot.replaceChildren(...styles, ...(this.layout === "corner" ? [this.launcher] : []), this.panel);
    this.dress();
    this.notice(navigator.onLine ? "" : "offline");
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

  get heading() {
    return this.getAttribute("name") || this.words.title;
  }

  head() {
    const words = this.words;
    const toggle = () => this.fold(!this.menu.hidden);
    this.opener = button(words.options, toggle, { class: "plain", "aria-expanded": "false" });
    this.closing = button(icon(ICONS.close), () => this.hide(), { class: "plain", "aria-label": words.close });
    return make("div", { class: "head" }, make("h2", {}, this.heading), this.opener, ...(this.layout === "corner" ? [this.closing] : []));
  }

  fold(away) {
    this.menu.hidden = away;
    this.opener.setAttribute("aria-expanded", String(!away));
  }

  line() {
    this.danger = make("p", { class: "danger" }, ...withNumbers(this.words.emergency));
    return this.danger;
  }

  talk() {
    const words = this.words;
    this.list = make("ol", { class: "messages" });
    const about = make("div", { class: "about" }, make("p", {}, words.intro), make("p", { class: "small" }, words.disclaimer));
    // Silent by itself: what is new is said once, in the regions below.
    this.log = make("div", { class: "log", role: "log", "aria-live": "off", "aria-label": words.messages, tabindex: "0" });
    this.waiting = make("p", { class: "waiting", hidden: true }, words.waiting);
    this.log.append(about, this.list, this.waiting);
    return this.log;
  }

  note() {
    this.noted = make("div", { class: "note", hidden: true });
    return this.noted;
  }

  writing() {
    const words = this.words;
    this.input = make("textarea", { id: "text", rows: "1", enterkeyhint: "send", autocomplete: "off" });
    this.input.value = this.draft.get() || "";
    this.input.addEventListener("input", () => this.draft.set(this.input.value || null));
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      if (!event.repeat) this.sendWritten();
    });
    const send = make("button", { class: "send" }, words.send);
    const form = make("form", {}, make("label", { for: "text" }, words.input_label), this.input, ...this.dictation(), send);
    form.addEventListener("submit", (event) => (event.preventDefault(), this.sendWritten()));
    // A pressed button does not take the focus from the input, so a phone's keyboard stays as it is.
    form.addEventListener("mousedown", (event) => event.target.closest("button") && event.preventDefault());
    return form;
  }

  dictation() {
    if (!Hearing) return [];
    let stop = null;
    const toggle = button(icon(ICONS.speak), () => (stop ? stop() : start()), { class: "plain", "aria-label": this.words.dictate, "aria-pressed": "false" });
    const ended = () => ((stop = null), toggle.setAttribute("aria-pressed", "false"));
    const start = () => {
      stop = dictate(this.language, (text) => this.write(`${this.input.value} ${text}`.trim()), ended);
      toggle.setAttribute("aria-pressed", "true");
    };
    return [toggle];
  }

  // They stand before they speak, and hold only what is new.
  regions() {
    this.polite = make("div", { class: "unseen", role: "status" });
    this.alarm = make("div", { class: "unseen", role: "alert" });
    return [this.polite, this.alarm];
  }

  options() {
    const words = this.words;
    this.menu = make("section", { class: "options", "aria-label": words.options, hidden: true });
    const look = [this.toggle(words.larger, "larger")];
    if (canSpeak()) look.push(this.toggle(words.aloud, "aloud"));
    look.push(button(words.other_language, () => this.changeLanguage(), { lang: this.language === "en" ? "es" : "en" }));
    const record = [button(words.export, () => this.export()), this.eraser(), button(words.end, () => this.end())];
    this.menu.append(make("div", {}, ...look), this.country(), make("p", {}, words.privacy), make("div", {}, ...record));
    return this.menu;
  }

  toggle(title, name) {
    const press = () => {
      const look = { ...this.look.get(), [name]: !this.look.get()?.[name] };
      this.look.set(look);
      toggle.setAttribute("aria-pressed", String(look[name]));
      this.dress();
    };
    const toggle = button(title, press, { "aria-pressed": String(Boolean(this.look.get()?.[name])) });
    return toggle;
  }

  country() {
    const all = Object.entries(GIVEN.countries).sort(([one], [other]) => one.localeCompare(other));
    const choice = make("select", {}, make("option", { value: "" }, "–"));
    choice.append(...all.map(([name, iso]) => make("option", { value: iso }, name)));
    choice.addEventListener("change", () => choice.value && this.send(choice.selectedOptions[0].text, `country:${choice.value}`));
    return make("label", {}, this.words.country, choice);
  }

  eraser() {
    const sure = () => {
      eraser.replaceWith(really);
      really.focus();
    };
    const eraser = button(this.words.erase, sure);
    const really = button(this.words.erase_sure, () => this.erase(), { class: "grave" });
    return eraser;
  }

  dress() {
    const look = this.look.get() || {};
    this.panel.classList.toggle("larger", Boolean(look.larger));
    if (!look.aloud && canSpeak()) speechSynthesis.cancel();
    this.paint();
  }

  // The clinic's colour, from its attribute or its style sheet, made readable on this paper.
  paint() {
    const wanted = this.getAttribute("colour") || getComputedStyle(this).getPropertyValue("--baclofen-colour");
    const probe = make("span");
    this.panel.append(probe);
    probe.style.color = "var(--paper)";
    const paper = channels(getComputedStyle(probe).color);
    probe.style.color = "";
    probe.style.color = wanted.trim();
    const colour = probe.style.color && channels(getComputedStyle(probe).color);
    probe.remove();
    const accent = colour && paper ? readable(colour, paper) : null;
    for (const part of [this.launcher, this.panel]) {
      part.style.setProperty("--accent", accent ? css(accent) : "");
      part.style.setProperty("--on-accent", accent ? css(inkOn(accent)) : "");
    }
  }

  // Opening and closing

  show(unasked = false) {
    const wasOpen = this.isOpen;
    if (!wasOpen) {
      if (unasked) this.panel.setAttribute("open", ""); // takes the focus from nobody
      else if (matchMedia("(max-width: 30em)").matches) this.panel.showModal();
      else this.panel.show();
    }
    this.launcher.setAttribute("aria-expanded", "true");
    this.launcher.querySelector("span").textContent = this.heading;
    this.toEnd();
    if (!unasked) this.input.focus();
  }

  hide() {
    if (this.layout !== "corner") return;
    this.panel.close();
    this.launcher.setAttribute("aria-expanded", "false");
    this.launcher.focus();
  }

  // What happens around it

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
    this.unsentItems();
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

  // Saying

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
    this.itemOf(message.key)?.classList.remove("unsent");
  }

  itemOf(key) {
    return key && this.list.querySelector(`[data-key="${CSS.escape(key)}"]`);
  }

  // At the end, where they will stand when they are sent.
  unsentItems() {
    for (const message of this.unsent.get() || []) {
      if (this.seen.has(message.key)) continue;
      const item = this.itemOf(message.key) || patientItem(message, this.words);
      item.dataset.key = message.key;
      item.classList.add("unsent");
      this.list.append(item);
    }
  }

  // Showing

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

  // Choices belong to the latest answer; where one of them had the focus, the input takes it over.
  withdrawChoices() {
    for (const choices of this.list.querySelectorAll(".choices:not(.lasting)")) {
      if (choices.contains(this.shadowRoot.activeElement)) this.input.focus();
      choices.remove();
    }
  }

  tellWaiting() {
    this.waiting.hidden = !this.onTheirWay;
    if (!this.onTheirWay) this.patience = clearTimeout(this.patience);
    else this.patience ||= setTimeout(() => this.announce(this.words.waiting), SLOW);
  }

  announce(text, alarming = false, language = this.language) {
    const said = make("p", { lang: language }, text);
    (alarming ? this.alarm : this.polite).append(said);
    setTimeout(() => said.remove(), SPOKEN_FOR);
    if (this.look.get()?.aloud) speak(text, language);
  }

  // One line about what does not work, with whom to call where that matters.
  notice(kind) {
    if (this.noted.dataset.kind === kind) return;
    this.noted.dataset.kind = kind;
    this.noted.hidden = !kind;
    const text = kind && this.words[kind];
    const parts = typeof text === "string" ? [[text, ""]] : text;
    this.noted.replaceChildren(make("p", {}, ...withNumbers(parts)));
    if (["trouble", "offline"].includes(kind)) this.noted.append(button(this.words.retry, () => (this.input.focus(), this.resume())));
    if (kind) this.announce(plain(parts));
  }

  askConsent(consent) {
    this.consent = consent;
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

  get scroller() {
    return getComputedStyle(this.log).overflowY === "auto" ? this.log : this.panel;
  }

  // From its beginning, below what is pinned. Scrolls nothing of the page around.
  reveal(item) {
    const scroller = this.scroller;
    const pinned = this.list.querySelector(".pinned");
    const above = scroller === this.log ? (pinned && pinned !== item ? pinned.offsetHeight : 0) : this.danger.offsetHeight;
    scroller.scrollTop += item.getBoundingClientRect().top - scroller.getBoundingClientRect().top - above - 8;
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  // What is stored

  changeLanguage() {
    this.setAttribute("language", this.language === "en" ? "es" : "en");
    this.fold(false);
    this.opener.focus();
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
