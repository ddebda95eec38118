"""A curation step and a scorer for commonhold, one a file."""
