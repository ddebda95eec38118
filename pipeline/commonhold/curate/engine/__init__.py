"""The engine: steps over shards of records, on one machine or several, each part once, and every decision recorded."""
