"""Work that goes on beside what began it, until it is done or the channel stops."""

import asyncio
from typing import Any, Coroutine, Set


class Tasks:
    """Holds what is running, so that it is neither lost nor left behind."""

    def __init__(self) -> None:
        self._running: "Set[asyncio.Task[Any]]" = set()

    def begin(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        """Begins the work."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def stop(self) -> None:
        """Breaks off what is running, and waits until it has ended."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
