"""References between values: `${a.b}`, and `${env:NAME,default}` for the environment.

`parser` splits a text into plain text and references; `resolver` puts the values in their place.
"""
