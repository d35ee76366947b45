"""Progress bars on standard error."""

from typing import Iterable, Sequence, TypeVar

from rich.console import Console
from rich.progress import track

T = TypeVar("T")


def watched(items: Sequence[T], title: str) -> Iterable[T]:
    """The items, with a bar that says how far they are."""
    return track(items, title, console=Console(stderr=True))
