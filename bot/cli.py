"""`bot run | chat | record | train | triage | evaluate | doctor | remove-webhook`."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated, Any, Callable, List, NoReturn, Optional

import typer

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Symptom triage and guidance for people who take baclofen."
)


@app.callback()
def _one_thread() -> None:
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")


@app.command()
def run() -> None:
    """Serve the web chat, the HTTP door and, with a token, Telegram, with Rasa behind them, until Ctrl-C."""
    from bot.front.serve import serve

    _or_one_line(serve)


@app.command()
def chat() -> None:
    """Write with the same bot here in the terminal."""
    from bot.front.terminal import talk

    _or_one_line(lambda: asyncio.run(talk()))


@app.command()
def record(
    file: Annotated[Path, typer.Argument(help="The test file to write; it must not be there yet.")],
    address: str = typer.Option("", help="Talk with the bot at this address, e.g. https://clinic.example."),
) -> None:
    """Chat in the terminal; what was said becomes a conversation test."""
    from bot.testing.record import CannotRecord
    from bot.testing.record import record as recorded
    from bot.testing.talkers import CannotTalk

    try:
        _or_one_line(lambda: asyncio.run(recorded(file, address)))
    except (CannotRecord, CannotTalk) as error:
        _stop(str(error))


@app.command()
def train() -> None:
    """Train what needs training: the gate's classifier and Rasa's model, each where its inputs changed."""
    from bot.training.freshness import train_stale

    _or_one_line(train_stale)


@app.command()
def triage(
    cases: str = typer.Argument(..., help="A JSONL file of messages or conversations; - reads standard input."),
    explain: bool = typer.Option(False, help="Also say which words, rules and scores decided."),
) -> None:
    """Run the whole bot over labelled or unlabelled cases and print one JSON object per line."""
    from bot.front.batch import BadCases, run_cases

    try:
        text = sys.stdin.read() if cases == "-" else Path(cases).read_text(encoding="utf-8")
        _or_one_line(lambda: asyncio.run(run_cases(text.split("\n"), explain)))
    except UnicodeDecodeError:
        _stop(f"{cases} is not UTF-8 text")
    except (OSError, BadCases) as error:
        _stop(str(error))


@app.command()
def evaluate(
    cases: Annotated[
        Optional[List[Path]], typer.Argument(help="JSONL files of labelled messages; else the project's own sets.")
    ] = None,
    write_docs: bool = typer.Option(False, help="Also write docs/evaluation.md, as `make evaluate` does."),
) -> None:
    """Measure the gate on labelled messages and write figures and plots to reports/evaluation."""
    try:
        from bot.evaluation.cases import BadCases
        from bot.evaluation.evaluate import CannotEvaluate
        from bot.evaluation.evaluate import evaluate as measured
    except ModuleNotFoundError as error:
        _stop(f"{error.name} is not installed: `make evaluate` installs it")
    try:
        typer.echo(f"Report: {measured(cases or [], write_docs)}")
    except (OSError, BadCases, CannotEvaluate) as error:
        _stop(str(error))


@app.command()
def doctor() -> None:
    """Check settings, data, model, database, port, Rasa and Telegram, and say what to do about what is wrong."""
    from bot.front.doctor import examine

    raise typer.Exit(0 if asyncio.run(examine()) else 1)


@app.command()
def remove_webhook() -> None:
    """Make Telegram bring updates nowhere, before the bot moves or ends."""
    from bot.settings import load_settings

    def remove() -> None:
        from bot.front.telegram import checkup

        try:
            asyncio.run(checkup.remove_webhook(load_settings()))
        except checkup.CannotReach as error:
            _stop(str(error))

    _or_one_line(remove)


def _or_one_line(act: Callable[[], Any]) -> None:
    """Runs it; what a person can put right is said in a line, not in a traceback."""
    from bot.front.serve import CannotStart
    from bot.settings import BadSettings
    from bot.training.freshness import TrainingFailed

    try:
        act()
    except (BadSettings, CannotStart, TrainingFailed) as error:
        _stop(str(error))


def _stop(line: str) -> NoReturn:
    typer.echo(line, err=True)
    raise typer.Exit(2)
