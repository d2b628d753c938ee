"""Schemas: convert a merged configuration to a class with fields, and report all errors at once.

`convert.convert_to_schema` is the entry point. `models` converts pydantic models, which check themselves;
`plain` turns the object back into nested dicts; `errors` collects the errors.
"""
