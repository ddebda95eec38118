"""Tables and documents of every kind as rows: encodings, delimiters, sheets and headers found and reported."""
