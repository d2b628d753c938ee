"""Run digits.py with a command line of its own: argparse collects the overrides, `hp.check` checks them.

python examples/digits_argparse.py -D mlp.hidden=128 train.epochs=5
"""

import argparse

from digits import SETTINGS, digits

import hyperparameter as hp


def main() -> None:
    """Run the program; exit with status 2 if a setting is wrong."""
    parser = argparse.ArgumentParser(description=digits.__doc__)
    parser.add_argument("-D", "--define", nargs="*", default=[], action="extend", metavar="key=value")
    args = parser.parse_args()
    try:
        settings = hp.config(SETTINGS, *args.define)
        # Refuse a mistyped key, or a value that does not fit.
        hp.check(settings)
    except hp.ParamError as error:
        parser.exit(2, f"{parser.prog}: {error}\n")
    with hp.scope(settings):
        digits()


if __name__ == "__main__":
    main()
