"""Weights and tokens: which base models there are, loading, quantising, chat templates, generating, likelihoods."""
