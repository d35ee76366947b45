"""`python -m bench.web`: the web chat in a real browser, from key press to shown reply; writes docs/web-figures.md."""

import asyncio
import gzip
import time
from typing import Dict, List

import aiohttp
from playwright.async_api import Browser, Page, async_playwright
from rich.progress import track

from bench.ours import BOT
from bench.processes import percentiles, running, seconds_until
from bot.front.supervisor import free_port
from bot.paths import ROOT
from tests.browser.chromium import QUIET, find_chromium

EVERYDAY = ["what is baclofen", "how do I store it?", "can I drink beer?", "I missed a dose", "can I drive?"]
DANGER = ["I can't breathe", "he won't wake up", "I had a seizure", "I took 20 pills", "my chest hurts badly"]
ROUNDS, LONG = 40, 500
CONTEXT = {"viewport": {"width": 390, "height": 844}, "locale": "en-GB"}

# Milliseconds from the key to the frame in which the reply is painted.
TIMED = """(text) => new Promise((done) => {
  const root = document.querySelector("baclofen-chat").shadowRoot;
  const input = root.querySelector("textarea");
  const shown = root.querySelectorAll(".theirs").length;
  const began = performance.now();
  new MutationObserver((_, seen) => {
    if (root.querySelectorAll(".theirs").length === shown) return;
    seen.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
  }).observe(root.querySelector(".messages"), { childList: true });
  input.value = text;
  input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", cancelable: true }));
})"""

# The longest of 60 frames while a thumb scrolls through everything.
WORST_FRAME = """() => new Promise((done) => {
  const log = document.querySelector("baclofen-chat").shadowRoot.querySelector(".log");
  let worst = 0, last = performance.now(), left = 60;
  const frame = (now) => {
    worst = Math.max(worst, now - last);
    last = now;
    log.scrollTop -= 500;
    if (left--) requestAnimationFrame(frame);
    else done(worst);
  };
  requestAnimationFrame(frame);
})"""

# Danger is not limited, so it makes a long history fast.
WRITE_LONG = """async (turns) => {
  const session = JSON.parse(localStorage.getItem("baclofen-chat "));
  const headers = { "Content-Type": "application/json", Authorization: `Bearer ${session}` };
  for (let turn = 0; turn < turns; turn++) {
    const body = JSON.stringify({ key: `long-history-${turn}`, text: "I can't breathe" });
    await fetch("/web/turn", { method: "POST", headers, body });
  }
}"""


async def measure() -> List[str]:
    """The lines of the table."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    memory = f"sqlite:///{ROOT / 'reports' / 'bench-web.db'}"
    with running([str(BOT), "run"], ROOT, BOT_PORT=str(port), BOT_DATABASE=memory, BOT_COUNTRY="GB"):
        async with aiohttp.ClientSession(address) as http, async_playwright() as playwright:
            await seconds_until(lambda: _ready(http))
            browser = await playwright.chromium.launch(executable_path=find_chromium(), args=QUIET)
            lines = [await _weight(http)]
            lines += [_row("everyday", await _times(browser, address, EVERYDAY))]
            lines += [_row("emergency", await _times(browser, address, DANGER))]
            lines += await _long(browser, address)
            await browser.close()
    return lines


async def _ready(http: aiohttp.ClientSession) -> bool:
    async with http.get("/ready") as response:
        return bool((await response.json())["parts"]["rasa"])


async def _weight(http: aiohttp.ClientSession) -> str:
    async with http.get("/widget.js") as response:
        script = await response.read()
    return f"| the whole widget, gzipped | {len(gzip.compress(script, mtime=0)) / 1024:.1f} KB |"


async def _times(browser: Browser, address: str, said: List[str]) -> Dict[str, float]:
    times: List[float] = []
    for _ in track(range(ROUNDS), f"{ROUNDS} patients: {said[0]}"):
        page = await _arrive(browser, address)
        times += [await page.evaluate(TIMED, text) for text in said]
        await page.context.close()
    return percentiles(times)


async def _arrive(browser: Browser, address: str) -> Page:
    """A patient who has agreed already."""
    page = await (await browser.new_context(**CONTEXT)).new_page()
    await page.goto(f"{address}/chat")
    await page.evaluate(TIMED, "hello")
    await page.get_by_role("button", name="Yes, that is all right").click()
    await page.locator(".theirs:not(.consent)").wait_for()
    await asyncio.sleep(1)
    return page


async def _long(browser: Browser, address: str) -> List[str]:
    page = await _arrive(browser, address)
    await page.evaluate(WRITE_LONG, LONG)
    began = time.perf_counter()
    await page.reload()
    await page.locator(".messages > li").nth(2 * LONG).wait_for()
    loaded = time.perf_counter() - began
    frame = await page.evaluate(WORST_FRAME)
    shown = await page.evaluate(TIMED, "I can't breathe")
    return [
        f"| page with {2 * LONG} messages, all there | {loaded:.1f} s |",
        f"| longest frame while scrolling through them | {frame:.0f} ms |",
        f"| emergency shown under them | {shown:.0f} ms |",
    ]


def _row(kind: str, times: Dict[str, float]) -> str:
    return f"| key press to shown reply, {kind} | p50 {times['p50']:.0f} ms, p99 {times['p99']:.0f} ms |"


def main() -> None:
    """Measures and writes."""
    (ROOT / "reports").mkdir(exist_ok=True)
    table = "\n".join(["| | |", "| --- | --- |", *asyncio.run(measure())])
    head = (
        "# The web chat in figures\n\nBy `make bench-web`, bot and Chromium together on one machine of two cores.\n\n"
    )
    (ROOT / "docs" / "web-figures.md").write_text(f"{head}{table}\n", encoding="utf-8")
    print(table)


if __name__ == "__main__":
    main()
