"""The testers' kit: conversations as YAML, played with the bot of this project or with a server."""
