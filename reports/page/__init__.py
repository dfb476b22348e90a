"""The report: one page that needs nothing but itself, and its summary in Markdown.

`document` builds it from a ledger; the other modules are what stands on it, in the page's order.
"""
