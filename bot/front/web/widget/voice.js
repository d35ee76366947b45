// Reading aloud and dictation, by what the browser brings.

const Hearing = window.SpeechRecognition || window.webkitSpeechRecognition;

function canSpeak() {
  return Boolean(window.speechSynthesis);
}

function speak(text, language) {
  const saying = new SpeechSynthesisUtterance(text);
  saying.lang = language;
  speechSynthesis.speak(saying);
}

// Hears one utterance; `hear` gets its words, `end` is called in any case. Returns how to stop it.
function dictate(language, hear, end) {
  const hearing = new Hearing();
  hearing.lang = language;
  hearing.addEventListener("result", (event) => hear(event.results[event.resultIndex][0].transcript));
  hearing.addEventListener("end", end);
  hearing.start();
  return () => hearing.stop();
}
