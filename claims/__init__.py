"""The statements: quantities, Condition 4.1, one file per numbered statement, the decision rule,
the catalogue.
"""
