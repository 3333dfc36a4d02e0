"""Who votes, in which groups, and how: member states, blocs, roll calls and votes."""

from votes.models.blocs import Bloc, BlocMembership
from votes.models.ideal_points import CutPoint, IdealPoint, IdealPointFit
from votes.models.imports import Finding, Format, ImportRun, Statement
from votes.models.roll_calls import Correction, RollCall, Source, Tally, Vote
from votes.models.states import BodyMembership, MemberState, StateName

__all__ = [
    "Bloc",
    "BlocMembership",
    "BodyMembership",
    "Correction",
    "CutPoint",
    "Finding",
    "Format",
    "IdealPoint",
    "IdealPointFit",
    "ImportRun",
    "MemberState",
    "RollCall",
    "Source",
    "StateName",
    "Statement",
    "Tally",
    "Vote",
]
