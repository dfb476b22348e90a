"""From data to advice: the gain from transfer is foretold for pairs of tasks from a few images of
both, then measured.

    plan       everything that a number depends on
    listed     the pairs
    run        forecasts, written before the trainings they are about; and these
    summary    foretold against measured: rank correlation, signs, mismatch as a graded factor
    plot       the same as a picture
"""
