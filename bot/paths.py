"""Where the project keeps its data and what it makes from them."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"
RED_FLAGS = DATA / "red_flags"
GUIDANCE = DATA / "guidance"
FLOWS = DATA / "flows"
MESSAGES = DATA / "nlu"
CONVERSATION_TESTS = DATA / "schemas" / "conversation_tests.json"
NUMBERS = DATA / "emergency_numbers.csv"
RASA_VENV = ROOT / ".venv-rasa"
MODELS = ROOT / "models"
RASA_MODEL = MODELS / "rasa.tar.gz"
CLASSIFIER = MODELS / "triage"
QUICK = DATA / "encoder" / "quick.safetensors"
THOROUGH = DATA / "encoder" / "thorough.safetensors"
