"""Find the parameters that source code declares, without importing or running any of it.

A program refuses an unknown key before it starts, so its source is read as text. The scanner is an abstract
interpreter. It visits the statements of a file in their order, and keeps an environment that gives each
name an abstract value: the values that it may have. When it evaluates an expression that reads a reference,
it records a declaration::

    import hyperparameter as hp              # hp: the library

    @hp.param("train")                       # declares the namespace `train` and the parameters
    def train(lr=0.1, steps: int = 100):     # `train.lr` and `train.steps`
        opt = hp.scope.optimizer             # opt: a reference to `optimizer`; this reads nothing
        for part in ("bias", "norm"):        # part: the text "bias" or the text "norm"
            opt[part].decay | 0.0            # reads `optimizer.bias.decay` and `optimizer.norm.decay`
        hp.scope[f"task.{name()}.seed"] | 1  # reads `task.*.seed`: `name()` is unknown, so is the segment
        return hp.scope.model | {}           # reads everything below `model`, because the default is a mapping

The steps for one file:

1. `files` chooses the files, and `parsing` parses those that contain the word "hyperparameter".
2. `interpreter` visits the statements of the module, and then the bodies of its functions, which can use
   names that the module binds after them. The visitors are in `statements`, `blocks` and `definitions`;
   they evaluate expressions by `expressions`, `calls` and `loops`. The abstract values and their join are
   in `values`; `environment` has the scoping rules of names.
3. A reference that the scanner cannot follow further, such as an argument of an unknown function,
   counts as a read of its key and of everything below it. When in doubt the scanner declares too much: a
   key that is wrongly unknown stops a program, and a key that is wrongly known does not.
4. `signatures` declares the parameters of decorated functions and classes, with the help of `fields`,
   `annotations` and `defaults`.
5. `scanning` puts the declarations of all files together. It interprets a file again if that imports
   something of the library from another file (`modules`), as in `from common import hp`.
6. A scope that goes to code which the scanner does not follow, and a key that it cannot find out, are
   *unfollowed reads*. After one of them, no key is certainly unknown.
"""

from __future__ import annotations

from .files import program_files, project_files
from .parsing import is_file
from .scanning import Scan, scan

__all__ = ["Scan", "is_file", "program_files", "project_files", "scan"]
