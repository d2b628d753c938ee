"""Run the digits without `hp.launch`: argparse, and the texts it collects, are all it takes.

    python examples/digits_argparse.py -D mlp.hidden=128 train.epochs=5

For a program that has a command line of its own and wants parameters beside it.
"""

import argparse

from digits import SETTINGS, digits

import hyperparameter as hp


def main() -> None:
    """Run the program: exit status 2 for a wrong setting."""
    parser = argparse.ArgumentParser(description=digits.__doc__)
    parser.add_argument("-D", "--define", nargs="*", default=[], action="extend", metavar="key=value")
    args = parser.parse_args()
    try:
        settings = hp.config(SETTINGS, *args.define)
        hp.check(settings)  # a slip of the pen must not go unnoticed
    except hp.ParamError as error:
        parser.exit(2, f"{parser.prog}: {error}\n")
    with hp.scope(settings):
        digits()


if __name__ == "__main__":
    main()
