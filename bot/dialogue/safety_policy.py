"""The policy that puts safety first: a red flag is answered before any rule or story."""

from typing import Any, Dict, List, Optional, Text

from rasa.core.policies.policy import Policy, PolicyPrediction, SupportedData
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

ACTIONS = {"emergency": "action_emergency", "check": "action_check"}


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=False)
class SafetyPolicy(Policy):
    """Predicts the emergency script or the check question, and then to wait for the patient."""

    @staticmethod
    def supported_data() -> SupportedData:
        """It learns nothing, so any data will do."""
        return SupportedData.ML_AND_RULE_DATA

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """A priority above every policy of Rasa's own, whose highest is 6."""
        return {"priority": 100}

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "SafetyPolicy":
        """The policy, of which nothing was stored."""
        return cls(config, model_storage, resource, execution_context)

    def train(
        self,
        training_trackers: List[TrackerWithCachedStates],
        domain: Domain,
        **kwargs: Any,
    ) -> Resource:
        """Nothing to train."""
        return self._resource

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: Optional[Dict[Text, Any]] = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Certain of one action where the latest message is no calm one, else of none."""
        probabilities = self._default_predictions(domain)
        action = ACTIONS.get(_urgency(tracker.latest_message))
        if action is None:
            return self._prediction(probabilities)
        answered = tracker.latest_action_name != ACTION_LISTEN_NAME
        probabilities[domain.index_for_action(ACTION_LISTEN_NAME if answered else action)] = 1.0
        # Goes before any prediction that follows from what the user said.
        return self._prediction(probabilities, is_no_user_prediction=True)


def _urgency(message: Optional[UserUttered]) -> Text:
    """The worst that the front, the gate or the intent says of the message."""
    if message is None:
        return ""
    data = (message.metadata or {}, message.parse_data or {})
    said = {(part.get("assessment") or {}).get("urgency") for part in data}
    said.add(message.intent.get("name"))
    return next((urgency for urgency in ACTIONS if urgency in said), "")
