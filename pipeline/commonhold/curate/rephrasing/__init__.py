"""Rephrasing: the base model says real messages in other words, and what it may not lose or add."""
