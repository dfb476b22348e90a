"""Remedies against a source that hurts, side by side, at as many steps.

plan       the remedies, and everything that a number depends on
run        trainings of one source network's descendants
summary    differences that are paired over seeds, decided
"""
