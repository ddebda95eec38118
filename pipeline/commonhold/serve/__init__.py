"""Answers requests: an OpenAI-compatible API and a chat page over one model, for one machine."""
