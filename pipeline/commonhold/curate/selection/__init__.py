"""Selection: which part of the records is used, and in which split each of them is."""
