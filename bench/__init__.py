"""`make bench`: this bot against stock Rasa, measured in the same run."""
