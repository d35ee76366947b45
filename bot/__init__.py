"""Symptom triage and guidance for people who take baclofen."""
