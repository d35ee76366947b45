"""Reads the YAML files of conversation tests; what is wrong in one is told by line."""

import json
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Sequence, Tuple

import yaml
from jsonschema import Draft202012Validator, ValidationError

from bot.front.memory import Conversation
from bot.paths import CONVERSATION_TESTS
from bot.testing import words
from bot.testing.steps import DOES

GIVEN = "given"
Place = Sequence[Any]  # keys and indices from the top of the file
Problem = Tuple[int, str]  # line and reason


class BadCases(ValueError):
    """A file of tests is wrong; the message has one line for each reason: file, line, reason."""


@dataclass(frozen=True)
class Step:
    """One thing that the patient does or that must hold, and the line where it stands."""

    kind: str
    value: Any
    line: int


@dataclass(frozen=True)
class Case:
    """One conversation test."""

    path: Path
    line: int
    name: str
    country: str
    given: Mapping[str, Any]
    steps: Tuple[Step, ...]


def load_cases(path: Path) -> List[Case]:
    """The tests of a file. Raises BadCases."""
    try:
        document = _Document(path.read_text(encoding="utf-8"))
        problems = _shape(document) or [*_alike(document), *_unknown(document), *_begun_wrong(document)]
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problems = [(line, str(error.problem))]
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        problems = [(1, f"this is no text: {str(error).splitlines()[0]}")]
    if problems:
        raise BadCases("\n".join(f"{path}:{line}: {reason}" for line, reason in sorted(problems)))
    return [_case(document, path, number) for number in range(len(document.cases))]


class _Loader(yaml.SafeLoader):
    """Takes no name twice in one place: YAML itself would drop the first without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Dict[Any, Any]:
        names: List[str] = []
        for key, _ in node.value:
            if key.value in names:
                raise yaml.MarkedYAMLError(problem=f"'{key.value}' stands twice here", problem_mark=key.start_mark)
            names.append(key.value)
        return super().construct_mapping(node, deep)


class _Document:
    """A YAML text as plain values, with the line of each."""

    def __init__(self, text: str):
        loader = _Loader(text)
        self._top = loader.get_single_node()
        self.values: Any = loader.construct_document(self._top) if self._top else {}

    @property
    def cases(self) -> List[Dict[str, Any]]:
        return self.values["test_cases"]

    def line(self, place: Place) -> int:
        """Where the value at this place begins; that of a mapping's key is the key's."""
        node: Any = self._top
        line = 1
        for step in place:
            if isinstance(node, yaml.MappingNode):
                key, node = next(((k, v) for k, v in node.value if k.value == str(step)), (node, node))
                line = key.start_mark.line + 1
            else:
                node = node.value[step]
                line = node.start_mark.line + 1
        return line

    def steps(self) -> Iterator[Tuple[Place, str, Any]]:
        """The place, kind and value of every step of every case."""
        for number, case in enumerate(self.cases):
            for place, step in enumerate(case["steps"]):
                for kind, value in step.items():
                    yield ("test_cases", number, "steps", place, kind), kind, value


@lru_cache(maxsize=1)
def schema() -> Dict[str, Any]:
    """The form of the files, which editors read too."""
    return json.loads(CONVERSATION_TESTS.read_text(encoding="utf-8"))


def _shape(document: _Document) -> List[Problem]:
    return [
        (document.line([*error.absolute_path, *key]), reason)
        for error in Draft202012Validator(schema()).iter_errors(document.values)
        for key, reason in _reasons(error)
    ]


def _reasons(error: ValidationError) -> List[Tuple[Place, str]]:
    """What a person makes of an error, and the key that it is about, where it is one."""
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        return [([key], _no_such(key, known)) for key in error.instance if key not in known]
    if error.validator == "enum":
        return [([], f"{_no_such(error.instance, error.validator_value)}; there is {', '.join(error.validator_value)}")]
    if error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        return [([], f"'{key}' is missing") for key in missing[:1]]
    if error.validator == "type" and error.validator_value == "string":
        return [([], f"{error.instance!r} is no text here: put it in quotes")]
    if error.validator == "type":
        kinds = {"array": "a list", "object": "names with values"}
        return [([], f"{error.instance!r} should be {kinds.get(str(error.validator_value), 'true, false or a text')}")]
    return [([], error.message)]


def _no_such(name: Any, known: Iterable[str]) -> str:
    near = get_close_matches(str(name), list(known), n=1, cutoff=0.5)
    return f"there is no '{name}'" + (f"; did you mean '{near[0]}'?" if near else "")


def _alike(document: _Document) -> Iterator[Problem]:
    told = [case["test_case"] for case in document.cases]
    for number, name in enumerate(told):
        if name in told[:number]:
            yield document.line(["test_cases", number, "test_case"]), f"a second test is named '{name}'"


def _unknown(document: _Document) -> Iterator[Problem]:
    """Names that the bot does not know, each with the nearest that it does."""
    for number, case in enumerate(document.cases):
        if case.get("country", "GB") not in words.names()["country"]:
            reason = _no_such(case["country"], words.names()["country"])
            yield document.line(["test_cases", number, "country"]), f"country: {reason}"
    for place, kind, value in document.steps():
        known = words.names().get(kind) or _states(kind)
        for name in _named(value) if known else ():
            if name not in known:
                yield document.line(place), f"{kind}: {_no_such(name, known)}"


def _states(kind: str) -> Iterable[str]:
    return [field.name for field in fields(Conversation)] if kind == GIVEN else ()


def _named(value: Any) -> List[str]:
    if isinstance(value, list):
        return [name for each in value for name in each]
    return list(value) if isinstance(value, dict) else [value]


def _begun_wrong(document: _Document) -> Iterator[Problem]:
    """Before anything holds of an answer, the patient does something; a given state comes first of all."""
    for number, case in enumerate(document.cases):
        kinds = [kind for step in case["steps"] for kind in step]
        later = kinds[1:] if kinds[0] == GIVEN else kinds
        place = document.line(["test_cases", number, "steps"])
        if GIVEN in later:
            yield place, "'given' is no first step"
        if not later or later[0] not in DOES:
            yield place, f"the first step must be one of {', '.join(DOES)}"


def _case(document: _Document, path: Path, number: int) -> Case:
    case = document.cases[number]
    mine = [Step(kind, value, document.line(place)) for place, kind, value in document.steps() if place[1] == number]
    given = mine[0].value if mine[0].kind == GIVEN else {}
    return Case(
        path=path,
        line=document.line(["test_cases", number]),
        name=case["test_case"],
        country=case.get("country", ""),
        given=given,
        steps=tuple(step for step in mine if step.kind != GIVEN),
    )
