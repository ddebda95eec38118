"""The steps that compare records with each other, one a file, each registered under a name with a version."""
