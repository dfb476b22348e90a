"""The paper's first experiments: data, and what they decide."""
