"""Deduplication: which texts say the same, to the letter, nearly, or as a question of the evaluation.

Everything here is a pure function over numpy arrays, made for records that come in shards: what is worked out for a
batch (`shingles`, `minhash_lsh`) goes into as many partitions as memory asks for, a partition is worked on by itself
(`candidates`), and the results are joined (`near_duplicates`). Records have a global order, their item number; neither
the number nor the order of shards and partitions changes a result.
"""
