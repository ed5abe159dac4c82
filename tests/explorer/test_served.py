"""The served explorer and those who mean it ill: a real server, and a client that tries each."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar

import psutil
import pytest
from jupyter_server.services.kernels.connection import base
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.ioloop import IOLoop
from tornado.websocket import websocket_connect

from model.explorer.server import MOST, PROTOCOL

LINK = re.compile(r"(http://127\.0\.0\.1:\d+/)\?token=(\w+)")
COMMAND = [sys.executable, "-m", "model.explorer.server", "--no-browser"]


def run(*given):
    return subprocess.run([*COMMAND, *given], capture_output=True, text=True, timeout=60)


class Served:
    """The app as its command starts it, with a port of its own and settings of nobody's."""

    def __init__(self, folder):
        names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
        settings = {name: str(folder / name.lower()) for name in names}
        environment = {**os.environ, **settings, "JUPYTER_NO_CONFIG": "1", "TMPDIR": str(folder)}
        self.log = folder / "server.log"
        with self.log.open("w") as out:
            self.server = subprocess.Popen([*COMMAND, "--port=0"], env=environment, stdout=out, stderr=out)
        found = self.waited(lambda: LINK.search(self.log.read_text()))
        self.address, self.token = found.groups()
        self.netloc = self.address.split("/")[2]
        self.waited(lambda: "pool of" in self.log.read_text())

    def waited(self, known):
        for _ in range(600):
            if found := known():
                return found
            assert self.server.poll() is None, self.log.read_text()
            time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    @property
    def family(self):
        return psutil.Process(self.server.pid).children(recursive=True)

    @property
    def kernels(self):
        return self.log.read_text().count("Kernel started")

    def ended(self, told=signal.SIGTERM):
        """Tell it to end; what is still there when even a busy machine would be done, and its exit code."""
        family = self.family
        self.server.send_signal(told)
        _, alive = psutil.wait_procs([psutil.Process(self.server.pid), *family], timeout=20)
        for one in alive:
            one.kill()
        return [one.name() for one in alive], self.server.wait()


class Client:
    """Somebody with, or without, the link."""

    def __init__(self, served):
        self.served, self.jar = served, CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path="", **headers):
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        asked = urllib.request.Request(self.served.address + path, headers=given)
        try:
            with self.opener.open(asked, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def entered(self):
        self.get(f"?token={self.served.token}")
        return self

    def page(self):
        status, text = self.get()
        assert status == 200
        return re.search(r'"kernelId": "([\w-]+)"', text)[1]

    def socket(self, kernel, **headers):
        cookie = "; ".join(f"{one.name}={one.value}" for one in self.jar)
        address = f"ws://{self.served.netloc}/api/kernels/{kernel}/channels"
        given = {"Cookie": cookie, "Sec-WebSocket-Protocol": PROTOCOL, **headers}
        return IOLoop.current().run_sync(lambda: websocket_connect(HTTPRequest(address, headers=given)))


def say(socket, kind, content):
    header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": "s", "username": "", "version": "5.3"}
    parts = [json.dumps(one).encode() for one in (header | {"date": "2026-01-01T00:00:00Z"}, {}, {}, content)]
    socket.write_message(base.serialize_msg_to_ws_v1(parts, "shell"), binary=True)


def hear(socket, wanted):
    for _ in range(200):
        raw = IOLoop.current().run_sync(socket.read_message, timeout=20)
        if found := wanted(json.loads(base.deserialize_msg_from_ws_v1(raw)[1][3])):
            return found
    raise AssertionError


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    made = Served(tmp_path_factory.mktemp("served"))
    yield made
    assert made.ended()[0] == []


@pytest.fixture(scope="module")
def visitor(served):
    client = Client(served).entered()
    return client, client.page()


def test_who_has_no_token_gets_nothing_and_no_kernel_begins(served):
    before = served.kernels
    for path in ("", "?token=", "?token=wrong", "login", "voila/files/x.png", f"api/kernels/{uuid.uuid4()}"):
        status, text = Client(served).get(path)
        assert status in (403, 404), path
        assert served.token not in text
    assert "Open the link" in Client(served).get()[1]
    with pytest.raises(HTTPClientError, match="403"):
        Client(served).socket(uuid.uuid4())
    time.sleep(1.5)  # the place of a kernel that is taken is filled after a second
    assert served.kernels == before


def test_the_link_lets_in_and_its_page_holds_the_token_no_more(served):
    client = Client(served)
    status, text = client.get(f"?token={served.token}")
    assert (status, served.token in text) == (200, False)
    assert [one.get_nonstandard_attr("SameSite") for one in client.jar] == ["Strict"]
    page = client.get()[1]
    assert ("widget-view" in page, served.token in page) == (True, False)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "10.0.0.1"])
def test_no_other_name_of_the_machine_is_answered(served, visitor, host):
    client, kernel = visitor
    for path in ("", f"?token={served.token}", "voila/static/voila.js", f"api/kernels/{kernel}"):
        assert client.get(path, Host=host)[0] in (403, 404), path
    with pytest.raises(HTTPClientError, match=r"40[34]"):
        client.socket(kernel, Host=host, Origin=f"http://{host}")


def test_a_page_of_another_origin_opens_no_page_and_no_socket(served, visitor):
    client, kernel = visitor
    before = served.kernels
    for site in ("cross-site", "same-site"):
        assert client.get(Sec_Fetch_Site=site)[0] == 403
    for origin in ("http://evil.example", "http://127.0.0.1:1", "null"):
        assert client.get(Origin=origin)[0] == 403
        with pytest.raises(HTTPClientError, match="403"):
            client.socket(kernel, Origin=origin)
    assert served.kernels <= before + 1
    with pytest.raises(HTTPClientError, match="400"):
        client.socket(kernel, **{"Sec-WebSocket-Protocol": "other"})
    client.socket(kernel, Origin=f"http://{served.netloc}").close()


def test_whatever_a_client_sends_the_served_explorer_writes_no_file_and_runs_no_code(visitor, tmp_path):
    client, kernel = visitor
    socket = client.socket(kernel)
    say(socket, "execute_request", {"code": f"open({str(tmp_path / 'code')!r}, 'w')", "silent": False})
    say(socket, "comm_info_request", {"target_name": "jupyter.widget"})
    comms = hear(socket, lambda said: said.get("comms"))
    for comm in comms:
        state = {"in_lab": True, "_may_write": True, "session": {}, "folder": str(tmp_path)}
        say(socket, "comm_msg", {"comm_id": comm, "data": {"method": "update", "state": state}})
        for done in ("save", "csv"):
            asked = {"do": done, "seq": 1, "name": "../../mine", "folder": str(tmp_path)}
            say(socket, "comm_msg", {"comm_id": comm, "data": {"method": "custom", "content": asked}})
    told = hear(socket, lambda said: said.get("data", {}).get("state", {}).get("status"))
    assert "downloads" in told
    time.sleep(1)
    assert list(tmp_path.iterdir()) == []
    socket.close()


def test_so_many_kernels_and_no_more_are_begun(served, visitor):
    client, _ = visitor
    with ThreadPoolExecutor(16) as together:
        answers = list(together.map(lambda _: client.get(), range(2 * MOST)))
    refused = [text for status, text in answers if status == 503]
    assert "at once" in refused[0]
    time.sleep(2)
    alive = [one for one in served.family if "ipykernel_launcher" in " ".join(one.cmdline())]
    assert len(alive) <= MOST


def test_a_port_that_is_taken_is_an_error_and_no_other_is_taken():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run(f"--port={port}")
    assert done.returncode == 2
    said = done.stderr.splitlines()[-1]
    assert re.fullmatch(rf"--port: {port}: cannot be had \(.+\); another port.*", said)


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_by_itself_with_everything_it_began(tmp_path, told):
    served = Served(tmp_path)
    client = Client(served).entered()
    socket = client.socket(client.page())
    say(socket, "comm_info_request", {"target_name": "jupyter.widget"})
    hear(socket, lambda said: said.get("comms"))
    assert served.ended(told) == ([], 0)
    socket.close()
    assert "Traceback" not in served.log.read_text()
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(("voila", "tmp"))] == []


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ("--plan=nowhere", "'nowhere' is no plan"),
        ("--scenario=basline", "unknown scenario 'basline'; did you mean 'baseline'"),
    ],
)
def test_a_plan_or_scenario_that_is_none_is_named_before_anything_is_served(given, wrong):
    done = run("--port=0", given)
    assert done.returncode == 2
    assert wrong in done.stderr
    assert "Traceback" not in done.stderr
