"""Functions that sweeps call in worker processes."""

import os
import signal
import threading
import time

import hyperparameter as hp


def score():
    return (hp.scope.train.lr | 0.0) * 10 + (hp.scope.train.width | 0)


def read_all():
    return dict(hp.scope.current())


def fail_often():
    if (hp.scope.x | 0) % 3 == 0:
        raise ValueError(f"x is {hp.scope.x()}")
    return hp.scope.x | 0


def die_often():
    if (hp.scope.x | 0) % 2 == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return hp.scope.x | 0


def return_lock():
    return threading.Lock()


def misfit():
    return hp.scope.train.lr | 0.5


def wait_a_little():
    time.sleep(hp.scope.wait | 0.01)
    return hp.scope.x | 0


def random_number():
    return hp.scope.trial.seed | 0
