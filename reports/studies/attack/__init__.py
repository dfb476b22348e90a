"""An attack on a claim: `attack` searches and decides, `records` is what it leaves in a journal."""
