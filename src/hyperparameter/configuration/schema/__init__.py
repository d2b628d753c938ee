"""Schemas: convert a merged configuration to a class with fields, and report all errors at once.

`convert.convert_to_schema` is the entry point.
`plain` turns the object back into nested dicts; `errors` builds the error.
"""
