"""Every test of configurations runs in a folder of its own."""

from pathlib import Path

import pytest

TOML = """\
seed = 1

[train]
lr = 0.1  # a comment
sizes = [
  "[train]",
  "]",
]
text = '''
[data]
lr = 3
'''
opt = {name = "sgd", "decay.rate" = 2}

[[layers]]
width = 3
[[layers]]
width = 4
[data.a]
"""
YAML = """\
base: &base
  lr: 1e-3
  name: no
train:
  <<: *base
  lr: 2
1: one
"d.e": [{x: 1}]
none:
"""
JSON = """\
{"train": {"lr": "a \\"}, {",
  "sizes": [{"lr": 1}, "]"], "deep":
  {
    "x": -1.5e3, "y": {}}},
 "last": null}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Make an empty folder the current one."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def example_files(folder):
    """Write one file of each format into the folder."""
    Path("a.toml").write_text(TOML)
    Path("b.yaml").write_text(YAML)
    Path("c.json").write_text(JSON)
