"""Makes files for strangers: the bundle of one model, its record and its card, and the check of a bundle."""
