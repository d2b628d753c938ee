"""The formats of files. A parser module has two functions of a text: `parse` and `lines`.

`parse` returns the table, and raises `FileSyntaxError`; `lines` returns the line of each flat key.
"""
