"""The formats of files. `toml`, `json` and `yaml` each have two functions of a text: `parse` and `lines`.

`parse` returns the table, or raises `FileSyntaxError`. `lines` returns the line of each flat key. `hydra` is
different: Hydra reads its files itself.
"""
