"""Template engines: Jinja2 for public pages, Django's for the admin."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import TemplateSyntaxError, engines, loader
from django.template.backends.jinja2 import Jinja2
from django.utils import translation
from jinja2 import FileSystemLoader

JINJA, DJANGO = (settings.BASE_DIR / name for name in ("templates", "django_templates"))


def names(folder: Path) -> set[str]:
    """Return the names of the templates in a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_no_template_is_in_both_folders():
    assert not names(JINJA) & names(DJANGO)


def test_django_templates_are_only_admin_api_and_registration():
    assert {name.split("/")[0] for name in names(DJANGO)} == {"admin", "api", "registration"}


@pytest.mark.parametrize("name", sorted(names(JINJA)))
def test_jinja_parses_every_public_template(name: str):
    assert type(loader.get_template(name)).__module__ == "django.template.backends.jinja2"


def test_a_template_that_jinja_cannot_parse_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "broken.html").write_text("{% if %}")
    engine = engines["jinja2"]
    assert isinstance(engine, Jinja2)
    monkeypatch.setattr(engine.env, "loader", FileSystemLoader(tmp_path))

    with pytest.raises(TemplateSyntaxError):
        loader.get_template("broken.html")


def test_python_code_marks_no_html_safe_outside_pictures():
    written = re.compile(r"mark_safe|format_html|S308|SafeString")
    found = [
        str(path)
        for path in (settings.BASE_DIR / "web").rglob("*.py")
        if path.parent.name != "pictures" and written.search(path.read_text())
    ]
    assert not found


def test_text_in_a_page_is_escaped():
    template = engines["jinja2"].from_string('{{ name }} {{ _("by %(who)s", who=name) }}')

    assert template.render({"name": "<b>"}) == "&lt;b&gt; by &lt;b&gt;"


class TestCachedParts:
    """``{% cached %}``."""

    def test_cached_part_is_rendered_once_for_each_key_and_language(self):
        template = engines["jinja2"].from_string("{% cached key %}{{ calls.append(key) or key }}{% endcached %}")
        calls: list[str] = []

        pages = [template.render({"key": key, "calls": calls}) for key in ("a", "b", "a")]
        with translation.override("fr"):
            pages.append(template.render({"key": "a", "calls": calls}))

        assert pages == ["a", "b", "a", "a"]
        assert calls == ["a", "b", "a"]
