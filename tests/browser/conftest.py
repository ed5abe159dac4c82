"""A real JupyterLab and a real Voila, in headless Chromium; without a browser these tests are skipped."""

import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from model.plan.load import notebook_folder

NOTEBOOK = "06_explorer.ipynb"
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
STARTED, PATIENCE = 90_000, 20_000
OWN_FAULTS = ("/lsp/status",)  # Lab asks its own server for language servers, whether there are any or not
LINK = re.compile(r"http://127\.0\.0\.1:\d+/\?token=\w+")


def pytest_collection_modifyitems(items):
    here, missing = Path(__file__).parent, ""
    if importlib.util.find_spec("playwright") is None:
        missing = "the package playwright is not installed"
    elif CHROMIUM is None:
        missing = "there is no chromium (apt install chromium)"
    for item in items:
        if missing and here in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=missing))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(command, address, folder):
    """Run a server in empty settings until it answers; give its address, or the link it printed."""
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    settings = {name: str(folder / name.lower()) for name in names}
    own = {"cwd": folder, "env": {**os.environ, **settings, "JUPYTER_NO_CONFIG": "1"}}
    log = folder / "server.log"
    with log.open("w") as out:
        server = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True, **own)
    try:
        for _ in range(300):
            try:
                link = LINK.search(log.read_text())
                urllib.request.urlopen(link[0] if link else address, timeout=5).close()
                break
            except OSError:
                assert server.poll() is None, log.read_text()
                time.sleep(0.2)
        else:
            raise AssertionError(log.read_text())
        yield link[0] if link else address
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    shutil.copy(notebook_folder() / NOTEBOOK, folder)
    # Its question whether it may fetch news would cover the page.
    quiet = folder / "jupyter_config_dir" / "lab" / "user-settings" / "@jupyterlab" / "apputils-extension"
    quiet.mkdir(parents=True)
    said = {"fetchNews": "false", "checkForUpdates": False}
    (quiet / "notification.jupyterlab-settings").write_text(json.dumps(said))
    port = free_port()
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}",
        "--ServerApp.token=", "--ServerApp.password=", f"--ServerApp.root_dir={folder}",
        "--ServerApp.jpserver_extensions={'model.explorer.server': True}",
    ]  # fmt: skip
    with serving(command, f"http://127.0.0.1:{port}/lab/tree/{NOTEBOOK}", folder) as address:
        yield address


@pytest.fixture(scope="session")
def app(tmp_path_factory):
    folder = tmp_path_factory.mktemp("app")
    command = [sys.executable, "-m", "model.explorer.server", "--no-browser", "--port=0"]
    with serving(command, "http://127.0.0.1:1/", folder) as address:
        yield address


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # As root, and in a container, Chromium cannot have its sandbox.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def watched(chromium, width=1280):
    page = chromium.new_page(viewport={"width": width, "height": 1000})
    page.set_default_timeout(PATIENCE)
    page.faults = []

    def note(said):
        where = said.location.get("url", "")
        if said.type == "error" and not any(one in where for one in OWN_FAULTS):
            page.faults.append(f"console: {said.text} {where}")

    def outside(request):
        parts, here = urlsplit(request.url), ("127.0.0.1", "localhost")
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in here:
            page.faults.append(f"outside: {request.url}")

    page.on("pageerror", lambda error: page.faults.append(f"error: {error}"))
    page.on("console", note)
    page.on("request", outside)
    try:
        yield page
    finally:
        page.close()


def opened(page, address):
    page.goto(address, timeout=STARTED)
    if "/lab/" in address:
        page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=STARTED)
        page.wait_for_selector(".jp-NotebookPanel-toolbar >> text=Python 3", timeout=STARTED)
        # The kernel has a name before it runs; what is run before that may be lost.
        page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]", timeout=STARTED)
        page.click(".lm-MenuBar-itemLabel:text-is('Run')")
        page.click(".lm-Menu-itemLabel:text-is('Run All Cells')")
    page.wait_for_selector("[data-explorer][data-revision]", timeout=STARTED)
    page.locator("[data-explorer]").scroll_into_view_if_needed()
    return page


@pytest.fixture(scope="module", params=["lab", "app"])
def shared(request, chromium):
    """One page a module and server: loading Lab takes longer than all that is done in it."""
    address = request.getfixturevalue(request.param)
    with watched(chromium) as page:
        page.place = request.param
        yield opened(page, address)


@pytest.fixture
def page(shared):
    """Give the page with every control where the baseline has it, and look for faults afterwards."""
    explorer = shared.locator("[data-explorer]")
    if explorer.locator(".x-one").count():
        shared.keyboard.press("Escape")
    preset = shared.locator("[data-action=preset]")
    if preset.input_value() != "baseline":
        preset.select_option("baseline")
    shared.click("[data-action=reset_all]")
    shared.locator("[data-action=compare]").select_option("")
    shared.wait_for_function("document.querySelectorAll('.x-moved').length === 0")
    rested(shared)
    yield shared
    assert shared.faults == []


def revision(page):
    return int(page.get_attribute("[data-explorer]", "data-revision"))


def rested(page):
    """Wait until the fan belongs to the picture, and a moment longer."""
    page.wait_for_timeout(250)
    page.wait_for_function(
        """() => { const at = document.querySelector("[data-explorer]").dataset;
        return at.busy === "false" && at.fan === at.revision; }"""
    )


def line(page, kpi):
    return page.get_attribute(f"[data-panel={kpi}] .x-now", "d")
