"""Accents and case are folded for search and for sorting."""

import pytest

from resolutions.text import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("TÜRKİYE", "turkiye"),
        ("Türkiye", "turkiye"),
        ("Côte d’Ivoire", "cote d'ivoire"),
        ("São Tomé and Príncipe", "sao tome and principe"),
        ("Łódź Øre Đà", "lodz ore da"),
        ("Straße", "strasse"),
        ("ﬁne", "fine"),
        ("", ""),
    ],
)
def test_folding_removes_case_and_accents(text: str, folded: str):
    assert fold(text) == folded
    assert fold(fold(text)) == folded
