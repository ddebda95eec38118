"""Curation: from a community's files to examples, with a decision for every record and a report for people."""
