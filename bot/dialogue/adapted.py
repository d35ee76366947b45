"""Rasa's own classes, adapted: actions in this process, short sessions, no late turns."""

import json
import time
from functools import lru_cache
from typing import Any, Dict, List, Optional, Text

import rasa.core.agent
from aiohttp import ClientError
from jsonschema import Draft202012Validator
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

LONGEST_SESSION = 40  # events; every turn costs more with each event of its session


class InProcess(EndpointConfig):
    """An action endpoint without HTTP: the package's actions run in this process."""

    def __init__(self, package: Text):
        super().__init__(url="in-process", enable_selective_domain=True)
        self._executor = ActionExecutor()
        self._executor.register_package(package)

    async def request(self, *args: Any, json: Dict[Text, Any], **kwargs: Any) -> Optional[Dict[Text, Any]]:
        """The action's response. Raises ClientResponseError as an action server would answer."""
        try:
            return await self._executor.run(json)
        except ActionExecutionRejection as error:
            raise _refusal(400, error) from error
        except ActionNotFoundException as error:
            raise _refusal(404, error) from error


class ShortMemory(InMemoryTrackerStore):
    """Conversations in this process alone: none of a patient's words reach the disk here.

    Kept for `hours` of rest, the latest `KEPT` of them. A Rasa that starts anew has forgotten them;
    what must survive that, the front remembers.
    """

    KEPT = 10_000

    def __init__(self, hours: float):
        super().__init__(Domain.empty())
        self._seconds = hours * 3600
        self._touched: Dict[Text, float] = {}  # the longest at rest first

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keeps the conversation and drops those that have rested too long."""
        await super().save(tracker)
        self._touched.pop(tracker.sender_id, None)
        self._touched[tracker.sender_id] = time.monotonic()
        while self._one_too_many():
            oldest = next(iter(self._touched))
            del self._touched[oldest], self.store[oldest]

    def _one_too_many(self) -> bool:
        since = next(iter(self._touched.values()))
        return len(self._touched) > self.KEPT or time.monotonic() - since > self._seconds


class Processor(MessageProcessor):
    """Drops turns that nobody waits for any more and begins a new session when one grows long."""

    async def handle_message(self, message: UserMessage) -> Optional[List[Dict[Text, Any]]]:
        """The replies; none where the deadline passed while the turn waited for the one before."""
        deadline = (message.metadata or {}).get("deadline")
        if deadline is not None and time.time() > deadline:
            return []
        return await super().handle_message(message)

    def _has_session_expired(self, tracker: DialogueStateTracker) -> bool:
        return len(tracker.events) > LONGEST_SESSION or super()._has_session_expired(tracker)


def adapt_rasa() -> None:
    """Puts our processor and two quick look-ups where Rasa names its own in code.

    With every action Rasa compiles its JSON schema anew (30 ms, more than the rest of a turn), and
    for every stored event it walks all classes of events. Here both are done once: the same
    responses are refused and the same classes found.
    """
    check = Draft202012Validator(RemoteAction.action_response_format_spec())
    RemoteAction._validate_action_result = lambda self, result: check.validate(result) is None
    Event.resolve_by_type = staticmethod(lru_cache(maxsize=None)(Event.resolve_by_type))
    rasa.core.agent.MessageProcessor = Processor


def _refusal(status: int, error: Any) -> ClientError:
    body = json.dumps({"error": error.message, "action_name": error.action_name})
    return ClientResponseError(status, error.message, body)
