// The chat: sends what is written and shows what comes back. Its words stand in the page's templates
// or come from the server, and are only ever set as text.

const form = document.getElementById("writing");
const input = document.getElementById("text");
const messages = document.getElementById("messages");
const patience = Number(form.dataset.patience);

document.getElementById("no-chat").remove();
form.hidden = false;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  sendWritten();
});

input.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  if (!event.repeat) sendWritten();
});

// A pressed button does not take the focus from the input, so a phone's keyboard stays as it is.
document.addEventListener("mousedown", (event) => {
  if (event.target.closest("button")) event.preventDefault();
});

function sendWritten() {
  const text = input.value;
  if (!text.trim()) return;
  input.value = "";
  send({ text, payload: "" });
}

// A second message may be sent while the first waits: it can be the one that says what is wrong.
async function send(message) {
  const question = fromTemplate("question");
  question.querySelector("p").textContent = message.text;
  const waiting = fromTemplate("waiting");
  withdrawChoices();
  messages.append(question, waiting);
  waiting.scrollIntoView({ block: "nearest" });
  const shown = await answers(message, question);
  waiting.replaceWith(...shown);
  shown[0].scrollIntoView({ block: "start" });
}

async function answers(message, question) {
  try {
    const turn = await inTime(ask(message));
    return turn.replies.map((reply, place) => replyItem(reply, turn, place === 0));
  } catch {
    return [troubleItem(message, question)];
  }
}

async function ask(message) {
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(form.action, { method: "POST", headers, body: JSON.stringify(message) });
  if (!response.ok) throw new Error(response.statusText);
  return response.json();
}

function inTime(answer) {
  const late = new Promise((_, reject) => setTimeout(reject, patience, new Error("late")));
  return Promise.race([answer, late]);
}

function replyItem(reply, turn, first) {
  const item = fromTemplate("reply");
  const box = item.querySelector("div");
  box.append(...blocks(reply.text));
  if (reply.dial.length) {
    box.lang = turn.spoken;
    box.firstChild.after(group("calls", reply.dial.map(callLink)));
  }
  if (reply.buttons.length) box.append(group("choices", reply.buttons.map(choiceButton)));
  if (first && turn.severity) box.prepend(element("strong", turn.severity));
  if (turn.urgency === "emergency") box.setAttribute("role", "alert");
  item.classList.add(turn.urgency);
  return item;
}

function troubleItem(message, question) {
  const item = fromTemplate("trouble");
  item.querySelector("button").addEventListener("click", () => {
    input.focus();
    question.remove();
    item.remove();
    send(message);
  });
  return item;
}

// Paragraphs; lines that begin with a number or a dash become lists.
function blocks(text) {
  const made = [];
  for (const line of text.split("\n").filter((line) => line.trim())) {
    const [mark] = line.match(/^(\d+\.|-)\s+/) || [""];
    if (!mark) made.push(element("p", line));
    else listFor(mark, made).append(element("li", line.slice(mark.length)));
  }
  return made;
}

function listFor(mark, made) {
  const kind = mark.startsWith("-") ? "ul" : "ol";
  if (made.length === 0 || made[made.length - 1].localName !== kind) made.push(element(kind, ""));
  return made[made.length - 1];
}

function callLink({ title, number }) {
  const link = element("a", title);
  link.href = `tel:${number}`;
  return link;
}

function choiceButton({ title, payload }) {
  const button = element("button", title);
  button.type = "button";
  button.addEventListener("click", () => send({ text: title, payload }));
  return button;
}

// Choices belong to the latest answer; where one of them had the focus, the input takes it over.
function withdrawChoices() {
  for (const choices of messages.querySelectorAll(".choices")) {
    if (choices.contains(document.activeElement)) input.focus();
    choices.remove();
  }
}

function group(name, members) {
  const box = element("div", "");
  box.className = name;
  box.append(...members);
  return box;
}

function element(kind, text) {
  const made = document.createElement(kind);
  made.textContent = text;
  return made;
}

function fromTemplate(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}
