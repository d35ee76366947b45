// Elements are made here and nowhere else: every text becomes a text node, so nothing in it is markup.

const SCRIPT = document.currentScript;

function make(kind, properties, ...children) {
  const made = document.createElement(kind);
  for (const [name, value] of Object.entries(properties || {})) {
    if (typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (value !== false && value !== undefined) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

function button(title, onclick, properties) {
  return make("button", { type: "button", onclick, ...properties }, title);
}

// A text in parts, each with the number that it dials, or "".
function withNumbers(parts) {
  return parts.map(([text, number]) => (number ? make("a", { href: `tel:${number}` }, text) : text));
}

function plain(parts) {
  return parts.map(([text]) => text).join("");
}

// Paragraphs; lines that begin with a number or a dash become lists.
function blocks(text) {
  const made = [];
  for (const line of text.split("\n").filter((line) => line.trim())) {
    const [mark] = line.match(/^(\d+\.|-)\s+/) || [""];
    const kind = mark && (mark.startsWith("-") ? "ul" : "ol");
    if (!mark) made.push(make("p", { dir: "auto" }, line));
    else {
      if (!made.length || made[made.length - 1].localName !== kind) made.push(make(kind));
      made[made.length - 1].append(make("li", { dir: "auto" }, line.slice(mark.length)));
    }
  }
  return made;
}

function icon(path) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  const line = document.createElementNS(space, "path");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  drawing.append(line);
  return drawing;
}

const ICONS = {
  chat: "M4 5h16v11H10l-5 4v-4H4z",
  close: "M6 6l12 12M18 6L6 18",
  speak: "M12 4a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-5 0v-5A2.5 2.5 0 0 1 12 4zM6 11a6 6 0 0 0 12 0M12 17v4",
};
