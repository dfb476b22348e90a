"""Statements of our own, and questions that the paper leaves open, in files like the paper's.

What Condition 4.1 is needed for, how accurate the sharp law is and where it ends, which share to
inherit, and the conjectures. Nobody imports these files either; the catalogue finds them.
"""
