// How a message looks: who speaks, how grave it is in words, what can be dialled, what can be chosen.

function patientItem(message, words) {
  const item = make("li", { class: "mine" });
  item.append(make("span", { class: "unseen" }, words.you), ...blocks(message.text));
  return item;
}

function unsentItem(message, words) {
  const item = patientItem(message, words);
  item.dataset.key = message.key;
  item.append(make("p", { class: "small state" }, words.unsent));
  return item;
}

function botItem(message, words, phone, choose) {
  const item = make("li", { class: `theirs ${message.urgency}` });
  const [first, ...rest] = blocks(message.text);
  item.append(make("span", { class: "unseen" }, words.bot));
  const box = make("div", { lang: message.language }, ...severity(message), first);
  const calls = [...message.calls, ...clinicCall(message, words, phone)];
  if (calls.length) box.append(make("div", { class: "calls" }, ...calls.map(callLink)));
  box.append(...(isScript(message) ? [folded(rest, words)] : rest));
  if (message.buttons.length) box.append(choices(message.buttons, choose));
  item.append(box);
  return item;
}

function isScript(message) {
  return message.urgency === "emergency" && /^1\. /m.test(message.text);
}

// What stays in view while the person writes on can be folded up, down to its numbers.
function folded(steps, words) {
  return make("details", { open: true }, make("summary", {}, words.steps), ...steps);
}

function severity(message) {
  return message.severity ? [make("strong", {}, message.severity)] : [];
}

function clinicCall(message, words, phone) {
  if (message.urgency !== "urgent" || !phone) return [];
  return [{ title: words.call_clinic.replace("{phone}", phone), number: phone.replace(/[^\d+]/g, "") }];
}

function callLink({ title, number }) {
  return make("a", { href: `tel:${number}`, class: "call" }, title);
}

function choices(buttons, choose) {
  const all = buttons.map(({ title, payload }) => button(title, () => choose(title, payload)));
  return make("div", { class: "choices" }, ...all);
}

function spoken(message) {
  return [message.severity, message.text].filter(Boolean).join("\n");
}
