"""The engine: steps over shards of records, on this machine or several, each part once, and every decision written down."""
