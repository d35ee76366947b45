"""The whole NLU pipeline: the gate's assessment becomes Rasa's intent."""

import re
import unicodedata
from typing import Any, Dict, List, Optional, Text, Tuple

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.guidance import find_section, phrase
from bot.guidance.phrases import COMPLETE

CLEAR = 0.25  # below this score the likeliest topic is a guess
PAYLOAD = re.compile(r"(topic|more|check):([\w-]+)")
ANSWERS = {"yes": "affirm", "no": "deny"}

Intent = Dict[Text, Any]
Assessed = Dict[Text, Any]  # an Assessment as plain JSON types


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Understanding(GraphComponent):
    """Sets intent, ranking and assessment of a message from its metadata, else from the gate."""

    def __init__(self) -> None:
        self._gate: Any = None

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "Understanding":
        """The component as Rasa's graph makes it."""
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """The same messages, understood."""
        for message in messages:
            self._understand(message)
        return messages

    def _understand(self, message: Message) -> None:
        typed = (message.get(TEXT) or "").lstrip("/ \t\n")
        message.set(TEXT, typed)  # Rasa takes a leading slash for a payload, but a patient typed it
        metadata = message.get("metadata") or {}
        pressed = PAYLOAD.fullmatch(_payload(metadata, typed))
        assessed = metadata.get("assessment") or (_calm(pressed) if pressed else self._assess(typed))
        intents, entities = _intents(assessed, pressed, typed)
        message.set("assessment", assessed, add_to_output=True)
        message.set(INTENT, intents[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, intents, add_to_output=True)
        message.set(ENTITIES, entities, add_to_output=True)

    def _assess(self, typed: Text) -> Assessed:
        if self._gate is None:
            from bot.triage.gate import Gate  # a second and 100 MB that a server behind the front never needs

            self._gate = Gate.load()
        return self._gate.assess(typed).as_dict()


def _payload(metadata: Dict[Text, Any], typed: Text) -> Text:
    """The button pressed. `rasa shell`, which sends no metadata, types its payload."""
    return metadata.get("payload") or ("" if metadata else typed)


def _calm(pressed: "re.Match[Text]") -> Assessed:
    kind, value = pressed.groups()
    topics = [{"name": value, "score": 1.0}] if kind == "topic" else []
    return {"urgency": "routine", "red_flags": [], "topics": topics, "facts": [], "evidence": [], "about_other": False}


def _intents(
    assessed: Assessed, pressed: Optional["re.Match[Text]"], typed: Text
) -> Tuple[List[Intent], List[Dict[Text, Any]]]:
    if assessed["urgency"] in ("emergency", "check"):
        return [_intent(assessed["urgency"])], []
    if pressed:
        return _of_button(*pressed.groups())
    answer = _of_answer(typed)
    return ([_intent(answer)] if answer else _of_topics(assessed["topics"])), []


def _of_button(kind: Text, value: Text) -> Tuple[List[Intent], List[Dict[Text, Any]]]:
    if kind == "more":
        return [_intent("more")], [{"entity": "section", "value": value, "start": 0, "end": 0}]
    known = ANSWERS.get(value) if kind == "check" else (value if find_section(value) else None)
    return [_intent(known or "unsure")], []


def _of_answer(typed: Text) -> Optional[Text]:
    said = _letters(typed)
    for answer, intent in ANSWERS.items():
        if any(said == _letters(phrase(f"check_{answer}", language)) for language in COMPLETE):
            return intent
    return None


def _of_topics(topics: List[Dict[Text, Any]]) -> List[Intent]:
    ranked = [_intent(topic["name"], topic["score"]) for topic in topics]
    return ranked if ranked and ranked[0]["confidence"] >= CLEAR else [_intent("unsure"), *ranked]


def _intent(name: Text, confidence: float = 1.0) -> Intent:
    return {"name": name, "confidence": confidence}


def _letters(text: Text) -> Text:
    """The letters alone, without case, accents and marks."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if c.isalpha())
