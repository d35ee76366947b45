// The element, and where the script tag names a clinic, a chat in the corner of its page.

function begin() {
  const chat = document.createElement("baclofen-chat");
  for (const [name, value] of Object.entries(SCRIPT.dataset)) chat.setAttribute(name, value);
  document.body.append(chat);
}

if (!customElements.get("baclofen-chat")) {
  customElements.define("baclofen-chat", BaclofenChat);
  if ("clinic" in SCRIPT.dataset) {
    if (document.body) begin();
    else document.addEventListener("DOMContentLoaded", begin);
  }
}
