"""Exporters for nbconvert: JupyterLab offers them under "Save and Export Notebook As"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nbconvert.exporters import Exporter
from traitlets import Bool

from model.export import document, page, planning, render
from model.export.manifest import about
from model.export.render import set_document
from model.plan.load import load
from model.projection.projection import project
from model.report.language import Language

NOTHING: dict[str, Any] = {
    **dict.fromkeys(("title", "subtitle", "issuer", "narrative"), ""),
    "facts": [], "keywords": [], "date": None,
}  # fmt: skip


class _ReportExporter(Exporter):
    """What both exporters share: the notebook, as it was executed, becomes a document."""

    # How the file is made of the document; each exporter says its own.
    made: Callable[[dict[str, Any]], bytes | str]

    code = Bool(False, help="Add the notebook's code.").tag(config=True)

    def from_notebook_node(self, nb: Any, resources: Any = None, **more: Any) -> tuple[Any, dict[str, Any]]:
        nb, resources = super().from_notebook_node(nb, resources, **more)
        used = planning.used(nb)
        language = Language(used.get("language", "en")).id
        name = f"{resources.get('metadata', {}).get('name') or 'notebook'}.ipynb"
        read = document.read(nb, name=name, language=language, code=self.code)
        told = about_parameters(used, language) or {**NOTHING, "title": "" if read["heading"] else name}
        return type(self).made(set_document(read, told, [])), resources


class PdfExporter(_ReportExporter):
    export_from_notebook = "Scenario report (PDF)"
    output_mimetype = "application/pdf"
    file_extension = ".pdf"
    made = staticmethod(render.pdf)


class HtmlExporter(_ReportExporter):
    export_from_notebook = "Scenario report (HTML)"
    output_mimetype = "text/html"
    file_extension = ".html"
    made = staticmethod(page.html)


def about_parameters(used: dict[str, Any], language: str) -> dict[str, Any]:
    """Say what a notebook is about by the parameters it was run with."""
    if "plan" not in used:
        return {}
    plan = load(used["plan"])
    if "scenarios" in used:
        names = used["scenarios"] or list(plan.scenarios)
    else:
        names = [used["scenario"]] if "scenario" in used else []
    asked = {"horizon": used.get("horizon") or None, "as_of": used.get("as_of") or None}
    made = [project(plan, name, overrides=used.get("overrides") or (), **asked) for name in names]
    told = about(plan, made, language=language)
    return told if made else {**told, "title": ""}
