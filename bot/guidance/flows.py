"""The protocols: short questions after an answer, and the section that their answers lead to (data/flows)."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, FrozenSet, Iterable, Mapping, Optional, Tuple

import yaml

from bot.guidance.documents import BadGuidance
from bot.guidance.sections import load_sections
from bot.paths import FLOWS

URGENT = "urgent"
ANSWERS = ("yes", "no", "unsure")  # of data/red_flags/answers.yml
RAISES = ("", "routine", URGENT, "check", "emergency")
MOST_QUESTIONS = 3


@dataclass(frozen=True)
class Option:
    """One answer to a question: the fact that it tells, its button, what else says it (`answer`, one of
    ANSWERS, and patterns), and the urgency and red flag that it raises; '' where it raises nothing. `about_other`: the answer is about
    somebody who cannot write."""

    tell: str
    title: str
    answer: str = ""
    says: Tuple[str, ...] = ()
    raises: str = ""
    flag: str = ""
    about_other: bool = False


@dataclass(frozen=True)
class Question:
    """Asked while none of its options is known, and all groups of `when` and none of `unless` are."""

    id: str
    asks: str
    options: Tuple[Option, ...]
    when: Tuple[FrozenSet[str], ...] = ()
    unless: FrozenSet[str] = frozenset()

    @property
    def tells(self) -> FrozenSet[str]:
        """The facts that its answers tell."""
        return frozenset(option.tell for option in self.options)

    def fits(self, facts: FrozenSet[str]) -> bool:
        """Whether it is to be asked of somebody of whom these facts are known."""
        return not facts & (self.tells | self.unless) and all(group & facts for group in self.when)


@dataclass(frozen=True)
class Flow:
    """Follows an answer on one of `topics` when one of `begins` was said ('urgent': when it was urgent)."""

    name: str
    topics: Tuple[str, ...]
    begins: FrozenSet[str]
    questions: Tuple[Question, ...]
    endings: Tuple[Tuple[FrozenSet[str], str], ...] = ()

    @property
    def tells(self) -> FrozenSet[str]:
        """The facts that its answers tell."""
        return frozenset().union(*(question.tells for question in self.questions))

    @property
    def uses(self) -> FrozenSet[str]:
        """The facts that its way depends on: what its answers tell, and what else it asks or ends by."""
        asked = (group for question in self.questions for group in (*question.when, question.unless))
        return self.tells.union(*asked, *(given for given, _ in self.endings))

    def next_question(self, facts: Iterable[str]) -> Optional[Question]:
        """The first question that the facts leave open, or None at the end."""
        known = frozenset(facts)
        return next((question for question in self.questions if question.fits(known)), None)

    def section(self, facts: Iterable[str]) -> str:
        """The section that the facts lead to, or '' for the topic's own."""
        known = set(facts)
        return next((section for given, section in self.endings if given <= known), "")

    def question(self, name: str) -> Optional[Question]:
        """The question of that id."""
        return next((question for question in self.questions if question.id == name), None)

    def option(self, tell: str) -> Optional[Option]:
        """The option that tells the fact."""
        return next((o for question in self.questions for o in question.options if o.tell == tell), None)


@lru_cache(maxsize=2)
def load_flows(folder: Path = FLOWS) -> Dict[str, Flow]:
    """All flows by name, in the order of their files. Raises BadGuidance for a wrong one."""
    return {path.stem: _flow(path) for path in sorted(folder.glob("*.yml"))}


def flow_about(topic: str, said: Iterable[str], urgency: str) -> Optional[Flow]:
    """The flow that follows an answer on the topic, or None. A flow that begins with something said
    goes before one that begins with urgency."""
    known = set(said)
    about = [flow for flow in load_flows().values() if topic in flow.topics]
    begun = [flow for flow in about if flow.begins & known]
    return next(iter(begun + [flow for flow in about if urgency == URGENT and URGENT in flow.begins]), None)


@lru_cache(maxsize=1)
def option_titles() -> FrozenSet[str]:
    """What stands on the buttons of all questions."""
    flows = load_flows().values()
    return frozenset(option.title for flow in flows for question in flow.questions for option in question.options)


@lru_cache(maxsize=1)
def used_in_flows() -> FrozenSet[str]:
    """The facts that the way through any flow depends on."""
    return frozenset().union(*(flow.uses for flow in load_flows().values()))


def flow_telling(tell: str) -> Optional[Flow]:
    """The first flow in which the fact is told, for a button whose own flow is not known."""
    return next((flow for flow in load_flows().values() if tell in flow.tells), None)


def _flow(path: Path) -> Flow:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    try:
        flow = Flow(
            name=path.stem,
            topics=tuple(content["topics"]),
            begins=frozenset(content["begins"]),
            questions=tuple(_question(entry) for entry in content["questions"]),
            endings=tuple((frozenset(e["given"]), e["section"]) for e in content.get("endings", ())),
        )
    except (KeyError, TypeError) as error:
        raise BadGuidance(f"{path.name}: missing or wrong {error}") from error
    _check(path, flow, content)
    return flow


def _question(entry: Mapping[str, Any]) -> Question:
    return Question(
        id=entry["id"],
        asks=entry["asks"],
        options=tuple(Option(**{**option, "says": tuple(option.get("says", ()))}) for option in entry["options"]),
        when=tuple(frozenset(group.split("|")) for group in entry.get("when", ())),
        unless=frozenset(entry.get("unless", ())),
    )


def _check(path: Path, flow: Flow, content: Mapping[str, Any]) -> None:
    options = [option for question in flow.questions for option in question.options]
    problems = {
        "source missing": not content.get("source"),
        f"more than {MOST_QUESTIONS} questions for one person": _longest(flow) > MOST_QUESTIONS,
        "a fact told by two options": len(flow.tells) < len(options),
        "an option that nothing says": not all(option.says or option.answer in ANSWERS for option in options),
        "an unknown urgency": not all(option.raises in RAISES for option in options),
        "danger without a red flag": any(o.raises in ("check", "emergency") and not o.flag for o in options),
        "an unknown section": not all(section in load_sections() for _, section in flow.endings),
    }
    wrong = [problem for problem, there in problems.items() if there]
    if wrong:
        raise BadGuidance(f"{path.name}: {', '.join(wrong)}")


def _longest(flow: Flow, facts: FrozenSet[str] = frozenset()) -> int:
    """The most questions that one person can be asked."""
    question = flow.next_question(facts)
    if question is None:
        return 0
    return 1 + max(_longest(flow, facts | {option.tell}) for option in question.options)
