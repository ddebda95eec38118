"""Inspecting what was decided: one record, why rows are not used, two curations compared, receipts."""
