"""The check of a bundle with nothing but Python's standard library; its modules make up the standalone verifier too."""
