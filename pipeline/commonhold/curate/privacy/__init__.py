"""Personal data in text: what is found by its form, what its contributor named, and who may undo the masking."""
