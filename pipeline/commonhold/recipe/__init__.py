"""What a community asks for: one strict YAML file per model."""
