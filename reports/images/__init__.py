"""The real-image tier: what is trained, what was found, and what it decides."""
