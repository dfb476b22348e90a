"""Decide a claim with all that this project has: its search, and what it trained on images."""

from __future__ import annotations

from typing import Any

from claims.core.claim import Claim
from claims.core.constants import Constants
from claims.core.inquiry import ImageRecords, Tick
from claims.core.profile import Profile
from claims.core.workspace import Workspace
from claims.deciding import decide as deciding
from claims.deciding.verdict import Verdict
from strategies.search import SEARCH


def decide(
    claim: Claim[Any],
    profile: Profile,
    constants: Constants | None = None,
    tick: Tick | None = None,
    workspace: Workspace | None = None,
    images: ImageRecords | None = None,
) -> Verdict:
    """Decide one claim. `tick(done, of)` is called after each regime; writes in `workspace` only.

    Statements on real images are decided on `images`; on the records that come with the project if
    that is None.
    """
    if images is None and claim.rule.from_records:
        from reports.images import records  # needs no time where there are no images to speak of

        images = records.kept()
    return deciding.decide(
        claim,
        profile,
        search=SEARCH,
        constants=constants,
        workspace=workspace,
        tick=tick,
        images=images,
    )
