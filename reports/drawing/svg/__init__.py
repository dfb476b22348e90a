"""SVG files from elsewhere: refused if they hold what no experiment is drawn with, made smaller,
and embedded in a page.
"""
