"""The console examples of the documents: each program is written to a folder, run, and its output compared."""

import pytest

from documents import code_blocks, commands, run, write_file

pytestmark = pytest.mark.one_kernel
# How many console commands each document has.
COMMAND_COUNTS = {
    "README.md": 3,
    "docs/cli.md": 4,
    "docs/index.md": 1,
    "docs/quick_start.md": 2,
    "docs/tool.md": 2,
}


@pytest.mark.parametrize("document", COMMAND_COUNTS)
def test_commands_print_what_the_document_shows(document, tmp_path):
    run_commands = 0
    # Other documents continue with the files of docs/cli.md.
    for language, text in [*code_blocks("docs/cli.md", "python", "toml"), *code_blocks(document)]:
        write_file(text, tmp_path)
        for line, output in commands(text) if language == "console" else ():
            assert run(line, tmp_path) == output, line
            run_commands += 1
    assert run_commands == COMMAND_COUNTS[document]
