"""References between values: `${a.b}`, and `${env:NAME,default}` for the environment.

`parser` splits a text into plain text and references; `resolver` replaces the references by values.
"""
