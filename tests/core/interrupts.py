"""Interrupt steps that enter and leave scopes, and check that no wrong view is left.

Run as `interrupts.py COUNT [KIND ...]`. Each step starts in a clean view, and must end in it.
"""

import contextlib
import signal
import sys

import hyperparameter as hp


class Interrupted(BaseException):
    pass


def interrupt(signal_number, frame):
    raise Interrupted


@hp.param("ns")
def items(a=0):
    yield a
    yield a


def enter_and_leave():
    with hp.scope(a=1):
        hp.scope.a | 0


bound = hp.bind(enter_and_leave)


def call_bound():
    bound()


def iterate():
    list(items())


KINDS = {
    "scope": enter_and_leave,
    "write": enter_and_leave,
    "bind": call_bound,
    "generator": iterate,
}


def run(kind, count):
    """Run steps with an alarm that goes off again and again, and return how many were interrupted."""
    step, interrupted = KINDS[kind], 0
    hp.reset()
    expected = 0
    if kind == "write":
        # After a write outside of any scope, leaving goes another way.
        hp.scope.a = expected = 7
    for number in range(count):
        try:
            signal.setitimer(signal.ITIMER_REAL, 1e-6 + number % 50 * 2e-6)
            step()
            signal.setitimer(signal.ITIMER_REAL, 0)
        except Interrupted:
            interrupted += 1
        with contextlib.suppress(Interrupted):
            signal.setitimer(signal.ITIMER_REAL, 0)
        if hp.scope.a | 0 != expected or not isinstance(hp.scope.current(), type(outside)):
            raise SystemExit(f"{kind}: a wrong view after step {number}")
    return interrupted


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, interrupt)
    outside = hp.scope.current()
    for kind in sys.argv[2:] or KINDS:
        print(kind, run(kind, int(sys.argv[1])), flush=True)
