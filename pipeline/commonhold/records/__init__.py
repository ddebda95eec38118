"""What crosses the walls between rooms: frozen dataclasses without behaviour."""
