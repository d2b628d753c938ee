"""A program, and what the `hp` command lists of it."""

PROG = '''
import hyperparameter as hp


@hp.param("train")
def train(data, lr: float = 1e-3, steps=100, mode="a|b"):
    """Train.

    Args:
        lr: learning *rate*, at most 1|0.
        mode: <script>alert(2)</script>
    """
    hp.scope.opt.momentum | 0.9
    hp.scope[f"task.{data}.weight"] | 1
    hp.scope.out()


@hp.param("model")
class Model:
    def __init__(self, name: str = "<script>alert('1')</script>"):
        pass
'''
LISTING = """\
(no namespace)
  out              required                       prog.py:15
model
  name      str    "<script>alert('1')</script>"  prog.py:20
opt
  momentum  float  0.9                            prog.py:13
task.*
  weight    int    1                              prog.py:14
train
  data             required                       prog.py:5
  lr        float  0.001                          prog.py:5   learning *rate*, at most 1|0.
  mode      str    'a|b'                          prog.py:5   <script>alert(2)</script>
  steps     int    100                            prog.py:5
"""

# Another file, which declares a key of the program again.
SECOND_DECLARATION = """
import hyperparameter as hp

hp.scope.train.lr | 0.5
"""
