"""What is trained and measured for a claim."""
