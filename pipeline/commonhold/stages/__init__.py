"""Order, staleness, and which section of the recipe feeds which room: only this room and the cli know recipes."""
