"""The pytest plugin: conversation tests in YAML files are collected and run as tests of their own."""

from pathlib import Path
from typing import Iterator, List, Optional, Tuple

import pytest

from bot.paths import CONVERSATION_TESTS
from bot.settings import Settings, load_settings
from bot.testing.cases import BadCases, Case, load_cases
from bot.testing.report import write_report
from bot.testing.stage import Stage
from bot.testing.talkers import CannotTalk

MARKS = ("test_cases:", CONVERSATION_TESTS.name)  # either shows that a YAML file is meant as tests
STAGE = pytest.StashKey[Stage]()
NOT_RUN = pytest.StashKey[List[str]]()


class Hooks:
    """What a conftest.py may define."""

    @pytest.hookspec(firstresult=True)
    def pytest_bot_settings(self) -> Optional[Settings]:
        """The settings of the bot that the tests start; else those of the environment and .env."""


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Makes the hooks known."""
    pluginmanager.add_hookspecs(Hooks)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the kit."""
    group = parser.getgroup("conversations", "conversations with the bot")
    group.addoption("--bot-address", default="", metavar="URL", help="talk with the bot at this address")
    group.addoption("--conversation-report", type=Path, metavar="FILE", help="write all transcripts as HTML")


def pytest_configure(config: pytest.Config) -> None:
    """Prepares a stage, on which nothing is started yet."""
    config.stash[STAGE] = Stage(config.option.bot_address, lambda: config.hook.pytest_bot_settings() or load_settings())
    config.stash[NOT_RUN] = []


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Optional["YamlFile"]:
    """YAML files of conversation tests, and those that were named on the command line."""
    if file_path.suffix not in (".yml", ".yaml"):
        return None
    text = file_path.read_text(encoding="utf-8", errors="replace")
    meant = parent.session.isinitpath(file_path) or any(mark in text for mark in MARKS)
    return YamlFile.from_parent(parent, path=file_path) if meant else None


class YamlFile(pytest.File):
    """A file of conversation tests."""

    def collect(self) -> Iterator["YamlItem"]:
        """A test for each conversation; a wrong file is told by line."""
        try:
            for case in load_cases(self.path):
                yield YamlItem.from_parent(self, name=case.name, case=case)
        except BadCases as error:
            raise self.CollectError(str(error)) from error


class YamlItem(pytest.Item):
    """One conversation test."""

    def __init__(self, *, case: Case, **parts: object):
        super().__init__(**parts)  # type: ignore[arg-type]
        self.case = case

    def runtest(self) -> None:
        """Plays it; where a step does not hold, the conversation up to it is shown."""
        try:
            failure = self.config.stash[STAGE].play(self.case).failure
        except CannotTalk as error:
            failure = str(error)
        if failure:
            pytest.fail(failure, pytrace=False)

    def reportinfo(self) -> Tuple[Path, int, str]:
        """Where it stands."""
        return self.path, self.case.line - 1, self.name


def pytest_collection_modifyitems(config: pytest.Config, items: List[pytest.Item]) -> None:
    """Takes out what cannot be run against a server."""
    if not config.option.bot_address:
        return
    ours = [item for item in items if isinstance(item, YamlItem) and item.case.given]
    config.hook.pytest_deselected(items=ours)
    config.stash[NOT_RUN] = [item.nodeid for item in ours]
    items[:] = [item for item in items if item not in ours]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Names what was not run."""
    not_run = config.stash[NOT_RUN]
    if not_run:
        terminalreporter.section("not run against a server, as they begin in a given state")
        terminalreporter.line("\n".join(not_run))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Writes the report."""
    path: Optional[Path] = session.config.option.conversation_report
    if path:
        write_report(session.config.stash[STAGE].played, path)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Ends the bot."""
    config.stash[STAGE].close()


@pytest.fixture(scope="session")
def stage(pytestconfig: pytest.Config) -> Stage:
    """Plays cases; what was played before is not played again."""
    return pytestconfig.stash[STAGE]
