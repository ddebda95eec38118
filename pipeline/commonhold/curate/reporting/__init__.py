"""The report's contents: computed from the summary, the same for HTML and for Markdown."""
