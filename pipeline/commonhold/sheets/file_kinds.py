"""Which endings of files are read, and as what."""

TABLES = (".csv", ".tsv", ".psv", ".ssv")
OBJECTS = (".jsonl", ".ndjson", ".json")
PARQUET = (".parquet",)
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
PLAIN = (".txt", ".md")
DOCUMENTS = (".docx", ".html", ".htm", ".pdf", *PLAIN)
