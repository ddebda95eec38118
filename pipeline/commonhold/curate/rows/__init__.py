"""Rows: a community's folder, its datasheet and columns, and the records that rows become."""
