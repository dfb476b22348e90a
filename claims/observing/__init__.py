"""What is trained and measured for a claim.

An observation is what one regime and a batch of seeds come to; beside it stand the measures that
several claims read it by, over one regime or over many. Here is no statement and no verdict: a
module is named after what it looks at, and knows nothing of the claims that ask for it.
"""
