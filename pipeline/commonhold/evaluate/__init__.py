"""Judges a tuned model against its base on the same items, in tasks that a community wrote."""
