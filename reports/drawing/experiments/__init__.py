"""How experiments are drawn: axes in the theory's symbols, shades that order in grey as in colour,
shapes and dashes beside colours, a caption below.

A module for each picture, whose `draw` makes it.
"""
