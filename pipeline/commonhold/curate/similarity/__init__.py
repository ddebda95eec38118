"""Which texts say the same: exact copies, near copies, groups that must stay together, overlap with test questions.

Everything here is a pure function over numpy arrays, made for records that come in shards: what is worked out for a
batch (`shingles`, `keys`) goes into as many partitions as memory asks for, a partition is worked on by itself
(`candidates`, `links`), and the results are joined (`groups`, `copies`). Records have a global order, their item
number; neither the number nor the order of shards and partitions changes a result.
"""
