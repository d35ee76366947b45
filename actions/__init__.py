"""Custom actions: thin, they read the assessment and the slots and compose from the guidance."""
