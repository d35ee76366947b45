"""Logs without patients' words: Rasa, Sanic and SQLAlchemy put them into messages and errors."""

import logging
import warnings

from rasa.utils.log_utils import configure_structlog

OURS = "bot."


class Discreet(logging.Formatter):
    """What went wrong and where. Messages of others than ourselves are left out."""

    def format(self, record: logging.LogRecord) -> str:
        """One line without text, slots or values."""
        where = f"{record.levelname} {record.name}:{record.lineno}"
        said = [record.getMessage()] if record.name.startswith(OURS) else []
        error = record.exc_info[1] if record.exc_info else None
        return " ".join([where, *said] + ([_brief(error)] if error else []))


def quiet_logs() -> None:
    """Warnings and errors only, each as one discreet line on standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(Discreet())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    configure_structlog(logging.WARNING)
    warnings.simplefilter("ignore")


def _brief(error: BaseException) -> str:
    step = error.__traceback__
    while step and step.tb_next:
        step = step.tb_next
    place = f" at {step.tb_frame.f_code.co_filename}:{step.tb_lineno}" if step else ""
    return f"{type(error).__name__}{place}"
