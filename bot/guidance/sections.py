"""The sections of the guidance text: loaded once, looked up by topic and urgency."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Dict, FrozenSet, Iterable, List, Optional, Tuple

import yaml

from bot.guidance.documents import BadGuidance, read_document, required
from bot.paths import GUIDANCE

MORE = "## More"
URGENCIES = ("routine", "urgent")


@dataclass(frozen=True)
class Section:
    """One passage: `short` stands alone, `more` is the rest. `facts` are ids of its facts; `said`
    names what (data/red_flags/facts.yml) a message must say for this passage to come first."""

    id: str
    title: str
    topics: Tuple[str, ...]
    urgency: str
    order: int
    facts: Tuple[str, ...]
    short: str
    more: str
    said: FrozenSet[str] = frozenset()


@lru_cache(maxsize=2)
def load_sections(folder: Path = GUIDANCE / "sections") -> Dict[str, Section]:
    """All sections by id. Raises BadGuidance for a wrong file."""
    sections = [_section(path) for path in sorted(folder.glob("*.md"))]
    return {section.id: section for section in sections}


def find_section(topic: str, urgency: str = "routine", facts: Iterable[str] = ()) -> Optional[Section]:
    """The main section on a topic at this urgency, else its everyday one, else None.

    A section for what the message said (`facts`) goes before the others.
    """
    about = [s for s in load_sections().values() if topic in s.topics and s.said <= set(facts)]
    fitting = [s for s in about if s.urgency == urgency] or [s for s in about if s.urgency == "routine"]
    return min(fitting, key=lambda s: (not s.said, s.order, s.topics.index(topic)), default=None)


def section_asked_for(said: Iterable[str]) -> Optional[Section]:
    """The section that is there for just what a message said, or None."""
    fitting = [s for s in load_sections().values() if s.said and s.said <= set(said)]
    return max(fitting, key=lambda section: len(section.said), default=None)


@lru_cache(maxsize=1)
def load_next_steps() -> Dict[str, List[str]]:
    """Topics that are near, by topic. Raises BadGuidance for one that no section is about."""
    steps = yaml.safe_load((GUIDANCE / "next_steps.yml").read_text(encoding="utf-8"))
    unknown = [topic for near in steps.values() for topic in near if find_section(topic) is None]
    if unknown:
        raise BadGuidance(f"next_steps.yml: no section is about {', '.join(unknown)}")
    return steps


def next_steps(topic: str) -> List[str]:
    """The topics that people ask about after an answer on this one."""
    return load_next_steps().get(topic, [])


def _section(path: Path) -> Section:
    header, text = read_document(path)
    short, _, more = text.partition(MORE)
    section = Section(
        id=required(header, "id", path),
        title=required(header, "title", path),
        topics=tuple(required(header, "topics", path)),
        urgency=required(header, "urgency", path),
        order=int(header.get("order", 1)),
        facts=tuple(required(header, "facts", path)),
        short=short.strip(),
        more=more.strip(),
        said=frozenset(header.get("said", ())),
    )
    if section.id != path.stem or section.urgency not in URGENCIES or not section.short:
        raise BadGuidance(f"{path.name}: id must be the file's name, urgency routine or urgent, text not empty")
    return section
