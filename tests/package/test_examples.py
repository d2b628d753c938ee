"""The web example, served and asked by many at once."""

import json
import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

pytestmark = pytest.mark.once  # a process runs under one kernel
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def server():
    """Give what asks the server: a header in, the answer's status and body out."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, str(EXAMPLES / "web.py"), "--port", str(port), "-D", "search.boost=2"]
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)

    def ask(header=""):
        request = Request(f"http://127.0.0.1:{port}/search?q=cat", headers={"X-Override": header})
        try:
            with urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            with error:
                return error.code, json.load(error)

    end = time.monotonic() + 60
    while True:
        try:
            ask()
            break
        except (URLError, ConnectionError):
            assert process.poll() is None, process.stderr.read()
            assert time.monotonic() < end
            time.sleep(0.05)
    yield ask
    process.terminate()
    process.communicate(timeout=30)


def test_the_command_line_sets_what_every_request_sees(server):
    words = [["cat", 2.0], ["scatter", 0.857], ["category", 0.75], ["concatenate", 0.545]]
    assert server() == (200, words)


def test_a_request_overrides_settings_for_itself_alone(server):
    headers = ["search.algo=v2, search.limit=1", "", "search.limit=3", "search.algo=v2"] * 20
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(server, headers))
    assert [len(words) for status, words in answers] == [1, 4, 3, 4] * 20
    assert {json.dumps(words[1]) for _, words in answers[3::4]} == {'["category", 2.0]'}
    assert {json.dumps(words[1]) for _, words in answers[1::4]} == {'["scatter", 0.857]'}


@pytest.mark.parametrize(
    ("header", "error"),
    [
        ("search.boost=9", "'search.boost' cannot be set by a request; open are: search.algo, search.limit"),
        ("search.limit", "'search.limit' is not an override: wanted key=value"),
        ("search.limit=many", "'search.limit' = 'many' does not fit: wanted int; set at {web}"),
        ("search.algo=v3", "'search.algo' = 'v3' does not fit: wanted Literal['v1', 'v2'] "),
    ],
)
def test_a_request_that_cannot_be_served_is_told_why(server, header, error):
    status, told = server(header)
    assert status == 400
    assert told["error"].startswith(error.format(web=EXAMPLES / "web.py"))
