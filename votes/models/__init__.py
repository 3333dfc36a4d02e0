"""Models of member states, blocs, roll calls and votes."""

from votes.models.amendments import Amendment
from votes.models.blocs import Bloc, BlocMembership
from votes.models.corrections import Correction
from votes.models.error_reports import ErrorReport
from votes.models.history import HistoryEvent, Revision
from votes.models.ideal_points import CutPoint, IdealPoint, IdealPointFit
from votes.models.imports import Finding, Format, ImportRun, Statement
from votes.models.retired import RetiredAddress
from votes.models.returned import ReturnedDraft
from votes.models.roll_calls import RollCall, Source, SourceCorrection, Tally, Vote
from votes.models.states import BodyMembership, MemberState, StateName

__all__ = [
    "Amendment",
    "Bloc",
    "BlocMembership",
    "BodyMembership",
    "Correction",
    "CutPoint",
    "ErrorReport",
    "Finding",
    "Format",
    "HistoryEvent",
    "IdealPoint",
    "IdealPointFit",
    "ImportRun",
    "MemberState",
    "RetiredAddress",
    "ReturnedDraft",
    "Revision",
    "RollCall",
    "Source",
    "SourceCorrection",
    "StateName",
    "Statement",
    "Tally",
    "Vote",
]
