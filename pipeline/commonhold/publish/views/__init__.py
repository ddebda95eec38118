"""The record in the forms that others read: each view says what the record says, and nothing else."""
