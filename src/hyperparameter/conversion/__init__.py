"""Conversion: `rule.convert` converts a value to the type that its reader asks for.

`builtin_types` has the rules for numbers, text and containers, and `by_msgspec` converts to all other types.
`structures` describes classes with fields, `annotations` evaluates annotations, and `type_checks` answers
questions about them.
"""
