"""Cells, notebooks and documents for the tests of model/export, without a plan or a kernel."""

import io

import pypdf
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from model.export import document, render
from model.export.render import set_document
from model.report import output

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30">'
    '<rect width="60" height="30" fill="#0088cc"/></svg>'
)
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
AWKWARD = 'A # title $x$ @ref "q" \\n <b>bold</b> *s* _u_ `c` [l](http://x) ] } = //'
LONG = "Donaudampfschifffahrt" * 8


def shown(kind, name, data, *, picture=None, tags=(), **more):
    said = {"type": kind, "id": name, "caption": "", "alt": "", "source": "", "data": data, **more}
    bundle = {output.MIME: said, "text/plain": "x", **(picture or {})}
    return new_code_cell(
        "show", outputs=[new_output("display_data", data=bundle)], metadata={"tags": [*tags]}
    )


def said(name="answer", *sentences, style="lead"):
    return shown("text", name, {"text": [*(sentences or ("Yes.",))], "style": style})


def chart(name="chart", caption="A chart", picture=None, **more):
    drawn = {"columns": ["year", "value"], "rows": [[2020, 1.5], [2021, None]]}
    picture = {"image/svg+xml": SVG} if picture is None else picture
    return shown("figure", name, drawn, caption=caption, **{"alt": "Rises.", **more}, picture=picture)


def grid(name="verdicts", caption="Verdicts", rows=(("Retail", "17")), **more):
    columns = [
        {"key": "kpi", "title": "KPI", "unit": "", "align": "left"},
        {"key": "target", "title": "Target", "unit": "2025", "align": "right"},
    ]
    return shown(
        "table", name, {"columns": columns, "rows": [list(row) for row in rows]}, caption=caption, **more
    )


def notebook(*cells, expects=()):
    made = new_notebook(cells=[new_markdown_cell("# Is the plan met?"), *cells])
    made.metadata["scenarios"] = {"expects": [*expects]}
    return made


ABOUT = {
    "title": "Accelerated",
    "subtitle": "A plan",
    "issuer": "An issuer",
    "narrative": "A narrative",
    "facts": ["Projections to 2025"],
    "keywords": ["accelerated"],
    "date": "2021-05-17",
}


def annex(text="## Rules"):
    return new_markdown_cell(text, metadata={"tags": ["annex"]})


def whole(*cells, attachments=(), pages="full", **more):
    read = document.read(notebook(*cells))
    return set_document(read, {**ABOUT, **more}, [*attachments], pages=pages)


def printed(*cells, **more):
    return pypdf.PdfReader(io.BytesIO(render.pdf(whole(*cells, **more))))


def words(reader):
    """Text of a PDF without spaces: where lines break is not what is asked."""
    return "".join("".join(one.extract_text() for one in reader.pages).split())


def least_full(reader):
    """Tell how far down the page that is filled least, of all but the last, has words: its foot left out."""

    def lowest(sheet):
        (_, _, _, high), found = sheet.mediabox, []

        def seen(text, current, matrix, *_):
            if text.strip():
                found.append(current[1] * matrix[4] + current[3] * matrix[5] + current[5])

        sheet.extract_text(visitor_text=seen)
        top, end = float(high) - 74, 65
        return (top - min(y for y in found if y > end)) / (top - end)

    return min(map(lowest, reader.pages[:-1]))
