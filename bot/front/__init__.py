"""What patients meet: the turn and its channels, sessions, memory, safety net, health."""
