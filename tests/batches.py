"""Small notebooks that batches run, and what is asked of batches again and again."""

import nbformat
import psutil
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from model.export import batch

MARK = "SCENARIOS_TEST_MARK"

PARAMETERS = """plan: str = "china_14fyp_digital"  # id or folder of a plan pack
{names}
horizon: int = 2025  # last year
as_of: int | str = 2020  # what is known
language: str = "en"
overrides: list = []  # changed assumptions
draws: int = 256  # sampled futures
seed: int = 1  # of the random numbers"""
SHOW = """from IPython.display import display
MIME = "application/vnd.scenarios.v1+json"
said = {"type": "text", "id": "answer", "caption": "", "alt": "", "source": "",
        "data": {"text": [f"NAMES until {horizon} as of {as_of}; {overrides}"], "style": "lead"}}
display({MIME: said, "text/plain": "x"}, raw=True)"""


def write(path, one="scenario", *cells, expects=()):
    kind = "str = 'baseline'" if one == "scenario" else "list = []"
    parameters = new_code_cell(PARAMETERS.format(names=f"{one}: {kind}"), metadata={"tags": ["parameters"]})
    sources = [SHOW.replace("NAMES", f"{{{one}}}"), *cells]
    book = new_notebook(cells=[new_markdown_cell("# Report"), parameters, *map(new_code_cell, sources)])
    # A kernel of that name is installed nowhere: it must not matter.
    book.metadata["kernelspec"] = {"name": "no-such-kernel", "display_name": "None", "language": "python"}
    book.metadata["scenarios"] = {"expects": [*expects]}
    nbformat.write(book, path)


def names(folder):
    """Name what is in a folder, but for the journal that batches keep of what they made."""
    return sorted(path.name for path in folder.iterdir() if path.name != ".made.jsonl")


def made(scenarios, out, **asked):
    return batch.render_reports("china_14fyp_digital", scenarios, out=out, **asked)


def of(mark):
    """Find every process that was started from a marked one, whoever is its parent by now."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found
