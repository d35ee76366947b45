"""What the bot says to a patient."""

from dataclasses import dataclass
from typing import Tuple


@dataclass(frozen=True)
class Button:
    title: str
    payload: str


@dataclass(frozen=True)
class Reply:
    """One message to the patient."""

    text: str
    buttons: Tuple[Button, ...] = ()
