"""What is predicted of a regime before anything is trained.

The sharp law, the curve that memorisation follows, what data alone tell of a regime, and advice on
the share to inherit. Nothing here trains a network, or knows of a claim.
"""
