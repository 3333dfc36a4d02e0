"""The style guide, and the contrast of the choices' colours."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from django.test import Client

from tests.web.records import get, texts
from web.pictures.picture import TOKENS


@pytest.mark.usefixtures("record")
class TestPage:
    """``/styleguide/``."""

    def test_style_guide_is_a_404_without_debug(self):
        assert Client().get("/styleguide/").status_code == 404

    def test_style_guide_shows_every_component_in_its_states(self, settings: Any):
        settings.DEBUG = True
        page = get("/styleguide/")

        assert texts(page, "main h2") == [
            *("Marks and swatches", "Tally", "Tally bar", "Tile grid", "Choice list", "Bloc bars", "Flow picture")
        ]
        assert [texts(section, "dt")[:4] for section in page.select("main section")] == [
            ["Shows", "Use", "Takes", "States"]
        ] * 7
        assert texts(page, "[aria-labelledby=sg-tiles] h3") == [
            "Ordinary: a-res-es-11-7",
            "A bloc highlighted: a-res-es-11-7",
            "A bloc that is not known: a-res-es-11-7",
            "Historical: a-res-2758-xxvi",
            "Security Council: s-2022-155",
            "A correction of intent: a-res-es-11-7",
        ]
        assert [len(grid.select("a")) for grid in page.select(".tiles")] == [193, 193, 193, 131, 15, 193]


CHOICES = ("choice-Y", "choice-N", "choice-A")
SCHEMES = {"light": 0, "dark": 1}

# How a colour looks without the cones for long or for medium waves, in linear RGB: Machado, Oliveira and Fernandes
# (2009), "A physiologically-based model for simulation of color vision deficiency", severity 1.
SIGHTS = {
    "all cones": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
}

LEAST_DIFFERENCE = 20
"""How far two choices must be apart in CIELAB, where 2 is just to be seen; patterns and marks differ besides."""


def linear(colour: str) -> np.ndarray[Any, Any]:
    """Return a colour in linear RGB (IEC 61966-2-1)."""
    values = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2."""
    low, high = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return linear RGB in CIELAB under D65."""
    to_xyz = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    )
    xyz = to_xyz @ values / np.array([0.95047, 1, 1.08883])
    x, y, z = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


class TestColours:
    """Of choices, in pictures and pages alike; see tests/web/pictures/test_picture.py for that."""

    @pytest.mark.parametrize("scheme", SCHEMES)
    @pytest.mark.parametrize("choice", [*CHOICES, "choice-edge"])
    def test_choice_colours_contrast_with_the_background(self, scheme: str, choice: str):
        assert contrast(TOKENS[choice][SCHEMES[scheme]], TOKENS["paper"][SCHEMES[scheme]]) >= 3

    @pytest.mark.parametrize("scheme", SCHEMES)
    @pytest.mark.parametrize("choice", CHOICES)
    def test_text_on_choice_colours_has_contrast_4_5(self, scheme: str, choice: str):
        on = TOKENS[choice.replace("choice", "on")]
        assert contrast(TOKENS[choice][SCHEMES[scheme]], on[SCHEMES[scheme]]) >= 4.5

    @pytest.mark.parametrize("scheme", SCHEMES)
    @pytest.mark.parametrize("sight", SIGHTS)
    def test_choice_colours_differ_for_every_kind_of_colour_vision(self, scheme: str, sight: str):
        seen = [lab(np.clip(SIGHTS[sight] @ linear(TOKENS[choice][SCHEMES[scheme]]), 0, 1)) for choice in CHOICES]

        assert min(float(np.linalg.norm(one - other)) for one, other in combinations(seen, 2)) >= LEAST_DIFFERENCE
