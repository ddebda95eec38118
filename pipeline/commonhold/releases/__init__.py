"""What becomes of published models: versions, approval, promotion, withdrawal, attestations and the model's log."""
