"""The web example, with concurrent requests."""

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

pytestmark = pytest.mark.one_kernel
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def server():
    """Start the server; give a function that sends a header and returns status and body of the response."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, str(EXAMPLES / "web.py"), "--port", str(port), "-D", "search.boost=2"]
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)

    def send_request(header=""):
        request = Request(f"http://127.0.0.1:{port}/search?q=cat", headers={"X-Override": header})
        try:
            with urlopen(request, timeout=30) as response:
                return response.status, json.load(response)
        except HTTPError as error:
            with error:
                return error.code, json.load(error)

    deadline = time.monotonic() + 60
    while True:
        try:
            send_request()
            break
        except (URLError, ConnectionError):
            assert process.poll() is None, process.stderr.read()
            assert time.monotonic() < deadline
            time.sleep(0.05)
    yield send_request
    process.terminate()
    process.communicate(timeout=30)


def test_every_request_sees_the_values_of_the_command_line(server):
    words = [["cat", 2.0], ["scatter", 0.857], ["category", 0.75], ["concatenate", 0.545]]
    assert server() == (200, words)


def test_the_overrides_of_a_request_do_not_affect_other_requests(server):
    headers = ["search.algo=v2, search.limit=1", "", "search.limit=3", "search.algo=v2"] * 20
    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(server, headers))
    assert [len(words) for status, words in responses] == [1, 4, 3, 4] * 20
    assert {json.dumps(words[1]) for _, words in responses[3::4]} == {'["category", 2.0]'}
    assert {json.dumps(words[1]) for _, words in responses[1::4]} == {'["scatter", 0.857]'}


@pytest.mark.parametrize(
    ("header", "error"),
    [
        ("search.boost=9", "'search.boost' cannot be set by a request; these can: search.algo, search.limit"),
        ("search.limit", "'search.limit' is not a valid override: expected key=value"),
        ("search.limit=many", "'search.limit' = 'many' is not a valid int (set at {web}"),
        ("search.algo=v3", "'search.algo' = 'v3' is not a valid Literal['v1', 'v2'] "),
    ],
)
def test_a_wrong_override_is_reported_to_its_request(server, header, error):
    status, body = server(header)
    assert status == 400
    assert body["error"].startswith(error.format(web=EXAMPLES / "web.py"))
