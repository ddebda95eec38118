"""Changes weights: LoRA and QLoRA training that repeats bit for bit and resumes after a kill."""
