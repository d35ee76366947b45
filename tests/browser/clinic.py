"""A clinic's website: its own pages at its own address, with a strict security policy."""

from contextlib import asynccontextmanager
from typing import AsyncIterator

from aiohttp import web


class Clinic:
    """Keeps its pages in mind."""

    def __init__(self) -> None:
        self.site = ""
        self._pages: dict[str, tuple[str, str]] = {}

    def page(self, body: str, policy: str = "") -> str:
        """Puts a page on the site; the address where it stands."""
        path = f"/{len(self._pages)}"
        self._pages[path] = (
            f'<!doctype html><html lang="en"><title>Clinic</title><main><h1>Clinic</h1>{body}</main></html>',
            policy,
        )
        return self.site + path

    async def answer(self, request: web.Request) -> web.Response:
        """The page, with its policy."""
        if request.path not in self._pages:
            return web.Response(status=204)
        body, policy = self._pages[request.path]
        headers = {"Content-Security-Policy": policy} if policy else {}
        return web.Response(text=body, content_type="text/html", headers=headers)


@asynccontextmanager
async def clinic_pages() -> AsyncIterator[Clinic]:
    """A clinic's website until the block ends."""
    clinic, app = Clinic(), web.Application()
    app.router.add_get("/{path:.*}", clinic.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handle_signals=False)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    clinic.site = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield clinic
    finally:
        await runner.cleanup()
