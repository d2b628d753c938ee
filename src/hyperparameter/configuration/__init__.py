"""What `hp.config` does, imported when it is first called: `load.load` is the whole of it.

A source is read (`files`, by `toml`, `json` and `yaml`; `environment`) and merged leaf by leaf under
flat keys (`merge`); then references are resolved (`interpolate`), and a schema converts (`schema`).
"""
