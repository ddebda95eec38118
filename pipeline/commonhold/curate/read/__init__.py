"""Files as people send them, each as a stream of rows of text: tables, form exports and documents."""
