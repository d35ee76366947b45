// The panel: its parts, its look, what it says to screen readers. What they do stands in chat.js.

// A sheet of its own passes every Content-Security-Policy; browsers before 2023 need an element.
const SHEET = "replaceSync" in CSSStyleSheet.prototype && new CSSStyleSheet();
if (SHEET) SHEET.replaceSync(GIVEN.styles);
const SPOKEN_FOR = 20_000; // milliseconds that a screen reader is given before its words are taken away
const SLOW = 2_000; // milliseconds after which waiting is spoken of

class Panel extends HTMLElement {
  constructor() {
    super();
    this.attachShadow({ mode: "open" });
    if (SHEET) this.shadowRoot.adoptedStyleSheets = [SHEET];
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

  get heading() {
    return this.getAttribute("name") || this.words.title;
  }

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

  changeLanguage() {
    this.setAttribute("language", this.language === "en" ? "es" : "en");
    this.fold(false);
    this.opener.focus();
  }

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
}
