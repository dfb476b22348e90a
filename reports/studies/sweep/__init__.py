"""Many regimes, one record each."""
