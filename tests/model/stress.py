"""Compare the library with the model in many random cases: `make stress`."""

import argparse
import random
import sys
import tempfile
import time

from cases import difference


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=100_000, help="how many cases")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="the number of the first case")
    parser.add_argument("--most", type=int, default=1, metavar="N", help="stop after this many mismatches")
    options = parser.parse_args()
    mismatches = 0
    last_print = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.first, options.first + options.count):
            text = difference(random.Random(number), folder)
            if text is not None:
                mismatches += 1
                print(f"case {number}: {text}", flush=True)
                if mismatches == options.most:
                    break
            if time.monotonic() - last_print > 8:
                last_print = time.monotonic()
                print(f"  {number - options.first + 1:,} cases, {mismatches} mismatches", flush=True)
    print(f"{number - options.first + 1:,} cases, {mismatches} mismatches")
    sys.exit(bool(mismatches))


if __name__ == "__main__":
    main()
