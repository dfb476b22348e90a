"""Figures and the graph of claims, as people read them.

Figures are matplotlib's, written as SVG that takes on the page's colours; `experiments` has one
module a picture; `svg` checks and shortens drawings that come from a folder.

All are drawn under matplotlib's own settings, not those of whoever runs this.
"""

import matplotlib

matplotlib.rcdefaults()
