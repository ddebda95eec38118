"""Signatures: keys, who signed what, whether enough have signed, and the log that forgets nothing."""
