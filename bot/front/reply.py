"""What the bot says to a patient."""

from dataclasses import dataclass
from typing import Any, Dict, Tuple


@dataclass(frozen=True)
class Button:
    title: str
    payload: str


@dataclass(frozen=True)
class Reply:
    """One message to the patient."""

    text: str
    buttons: Tuple[Button, ...] = ()

    def as_json(self) -> Dict[str, Any]:
        """The reply as history keeps it and `POST /api/turn` tells it."""
        return {"text": self.text, "buttons": [{"title": b.title, "payload": b.payload} for b in self.buttons]}
