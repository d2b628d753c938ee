"""What a program prints: on a terminal of any encoding, with any data, and never too much of it."""

import pytest

from hyperparameter.output import escape_lines, plain_message

pytestmark = pytest.mark.one_kernel

PROGRAM = '''
    import hyperparameter as hp

    class Bad:
        def __repr__(self):
            raise RuntimeError
        def __eq__(self, other):
            raise RuntimeError
        def __bool__(self):
            raise RuntimeError

    @hp.param("train")
    def train(lr=0.1, bad=Bad(), text: str = "\\u00e9\\x1b[31m\\u202e", items=["\\u00e9"]):
        """Train \u00e9 \x1b[31m.

        Args:
            lr: the r\u00e4te \u202e.
        """
        print("ran")

    hp.launch(train)
'''


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
@pytest.mark.parametrize(
    "argv", ["--help", "-lps", "-ep train.text", "--lr \u00e9", "-D train.lrr=\u00e9", "-D \u00e9.b=1", ""]
)
def test_a_program_prints_on_a_terminal_of_any_encoding(write_program, argv, encoding):
    result = write_program(PROGRAM)(*argv.split(), PYTHONIOENCODING=f"{encoding}:strict")
    assert "Traceback" not in result.err
    assert result.code == (2 if argv[:4] in ("--lr", "-D t") else 0)
    assert not {"\x1b", "\u202e"} & set(result.out + result.err)
    if argv == "-lps":
        letter = {"ascii": "\\xe9", "cp1252": "\ufffd", "utf-8": "\u00e9"}[encoding]
        assert f"'{letter}\\x1b[31m\\u202e'" in result.out
        assert "<Bad whose repr raises RuntimeError>" in result.out


LONG = "1" * 100_000 + "x"


@pytest.mark.parametrize(
    "argv",
    [
        ["--lr", LONG],
        ["--items", LONG, "--lr", "x"],
        ["--lr", "1 " * 50_000],
        ["-D", f"train.lr={LONG}"],
        ["-D", f"train.{LONG}=1"],
        ["-D", f"{LONG}=1", "train.lr=x"],
        ["-D", LONG],
        ["-D", f"={LONG}"],
        ["-C", LONG],
        ["-ep", LONG],
        [f"--{LONG}"],
        [f"--lr={LONG}"],
        [LONG],
    ],
    ids=lambda argv: " ".join(argv)[:9],
)
def test_a_message_shows_a_part_of_a_long_text(write_program, argv):
    result = write_program(PROGRAM)(*argv)
    assert (result.code, result.out) == (2, "")
    assert len(result.err) < 2000


@pytest.mark.parametrize("argv", ["'--lr 1'", "[1]", "3", "['--lr', 1]", "{'--lr': 1}"])
def test_wrong_arguments_of_launch_are_refused(write_program, argv):
    result = write_program(PROGRAM.replace("launch(train)", f"launch(train, argv={argv})"))()
    assert (
        result.err.splitlines()[-1] == f"TypeError: hp.launch expected argv to be a list of texts, got {argv}"
    )


def test_messages_are_escaped_and_shortened():
    assert escape_lines("a\tb\nc\u200f") == "a\\tb\nc\\u200f"
    assert plain_message("short " + "w" * 400) == "short " + "w" * 200 + "\u2026"
    assert plain_message("short " + "w" * 399) == "short " + "w" * 399
