"""Cleaning and language: characters, boilerplate, which language a text is in, and what is too poor to learn from."""
