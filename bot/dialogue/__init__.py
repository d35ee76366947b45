"""What runs inside Rasa: understanding, the policy that puts safety first, the server."""

import os

# Read while Rasa and the numeric libraries are imported, so they must stand before any of them.
os.environ["RASA_TELEMETRY_ENABLED"] = "false"
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
