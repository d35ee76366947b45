"""How well the gate understands messages that it has not seen: `make evaluate`."""
