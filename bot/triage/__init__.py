"""The heart: text in, Assessment out. No Rasa, no network, no database."""
