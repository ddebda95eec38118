"""What people say: blind comparisons of base and tuned model, and what they tell about the automatic scorers."""
