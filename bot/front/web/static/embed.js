// Writes the tag for the chosen look, and shows the chat in it.

const form = document.getElementById("look");
const tag = document.getElementById("tag");
const preview = document.getElementById("preview");
const { address, version, integrity } = form.dataset;
const LOOKS = ["name", "colour", "phone", "language", "position"];

form.addEventListener("input", renew);
renew();

function renew() {
  const chosen = Object.fromEntries(new FormData(form));
  const looks = LOOKS.filter((name) => chosen[name]).map((name) => [name, chosen[name]]);
  if (chosen.open) looks.push(["open", ""]);
  tag.value = chosen.layout === "corner" ? corner(chosen, looks) : inline(chosen, looks);
  show(chosen, looks);
}

function corner(chosen, looks) {
  const data = [["clinic", chosen.clinic], ...looks].map(([name, value]) => attribute(`data-${name}`, value));
  return `${script(chosen.pinned, data)}\n<noscript><p>${fallback()}</p></noscript>`;
}

// What stands inside the element is seen when the script is off, or cannot be loaded.
function inline(chosen, looks) {
  const all = [["clinic", chosen.clinic], ["layout", "inline"], ...looks].map(([name, value]) => attribute(name, value));
  return `${script(chosen.pinned, [])}\n<baclofen-chat${all.join("")}>\n  <p>${fallback()}</p>\n</baclofen-chat>`;
}

function script(pinned, data) {
  const source = pinned ? `${address}/widget.js?v=${version}` : `${address}/widget.js`;
  const pin = pinned ? [attribute("integrity", integrity), attribute("crossorigin", "anonymous")] : [];
  return `<script${[attribute("src", source), ...pin, ...data].join("")} defer></script>`;
}

function attribute(name, value) {
  if (!value && name.endsWith("open")) return ` ${name}`;
  const safe = value.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");
  return ` ${name}="${safe}"`;
}

function fallback() {
  return document.getElementById("fallback").innerHTML.replace(/ class="dial"/g, "").trim();
}

function show(chosen, looks) {
  const chat = document.createElement("baclofen-chat");
  for (const [name, value] of [["clinic", ""], ["layout", chosen.layout], ...looks]) chat.setAttribute(name, value);
  preview.replaceChildren(chat);
}
