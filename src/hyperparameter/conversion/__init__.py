"""Conversion: `rule.convert` converts a value to the type that its reader asks for.

`rule` draws which module converts what. `structures` and `libraries` describe classes with fields.
`annotations` and `field_types` evaluate annotations, and `type_checks` answers questions about them.
`parts` and `cells` set parts of values. `misfit` is what conversion raises; `faults` makes errors of it.
"""
