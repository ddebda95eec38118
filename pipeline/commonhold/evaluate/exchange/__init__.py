"""Tasks from and for other programs: promptfoo and Weval in, lm-evaluation-harness out."""
