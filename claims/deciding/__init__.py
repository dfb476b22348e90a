"""How a verdict is reached: the rules that decide a claim from what was observed."""
