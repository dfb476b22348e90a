"""What a claim is made of: statement, domain, margin, quantities, Condition 4.1, constants, the
catalogue.
"""
