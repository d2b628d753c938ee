"""Configurations: `load.load` does the work of `hp.config` and of `hp.launch`, and returns a `config.Config`.

It reads each source (`files` with a parser of `formats`, `environment`), merges them leaf by leaf under flat
keys (`merge`), resolves references (`interpolation`), and converts to a schema (`schema`).
"""
