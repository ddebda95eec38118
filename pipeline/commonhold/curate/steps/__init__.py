"""The curation steps, one a file, each registered under a name with a version; what they are is in `step`."""
