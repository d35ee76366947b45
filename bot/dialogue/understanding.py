"""The whole NLU pipeline: the gate's assessment becomes Rasa's intent."""

import re
from typing import Any, Dict, List, Optional, Text, Tuple

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.guidance import find_section
from bot.guidance.flows import flow_telling

CLEAR = 0.25  # below this score the likeliest topic is a guess
PAYLOAD = re.compile(r"(topic|more|tell):([\w-]+)")

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
        assessed = metadata.get("assessment") or (_pressed(*pressed.groups()) if pressed else self._assess(typed))
        intents, entities = _intents(assessed, pressed)
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


def _pressed(kind: Text, value: Text) -> Assessed:
    """What a button says by itself, to a Rasa without the front."""
    flow = flow_telling(value) if kind == "tell" else None
    option = flow.option(value) if flow else None
    topics = list(flow.topics[:1]) if flow else [value] if kind == "topic" else []
    return {
        "urgency": (option.raises if option else "") or "routine",
        "red_flags": [option.flag] if option and option.flag else [],
        "topics": [{"name": topic, "score": 1.0} for topic in topics],
        "facts": [value] if flow else [],
        "evidence": [],
        "about_other": False,
    }


def _intents(assessed: Assessed, pressed: Optional["re.Match[Text]"]) -> Tuple[List[Intent], List[Dict[Text, Any]]]:
    if assessed["urgency"] in ("emergency", "check"):
        return [_intent(assessed["urgency"])], []
    kind, value = pressed.groups() if pressed else ("", "")
    if kind == "more":
        return [_intent("more")], [{"entity": "section", "value": value, "start": 0, "end": 0}]
    if kind == "topic":
        return [_intent(value if find_section(value) else "unsure")], []
    return _of_topics(assessed["topics"]), []


def _of_topics(topics: List[Dict[Text, Any]]) -> List[Intent]:
    ranked = [_intent(topic["name"], topic["score"]) for topic in topics]
    return ranked if ranked and ranked[0]["confidence"] >= CLEAR else [_intent("unsure"), *ranked]


def _intent(name: Text, confidence: float = 1.0) -> Intent:
    return {"name": name, "confidence": confidence}
