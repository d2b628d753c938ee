"""The values in `contract/cases.toml`: which Python value each part of the file stands for."""

import hyperparameter as hp

# A table whose only key is one of these stands for a value that TOML does not have.
TAGS = {
    "none": lambda _: None,
    "tuple": tuple,
    "set": set,
    "bigint": int,
    "pairs": dict,
    "reference": lambda key: hp.scope[key],
}


def value_of(data):
    """Return the value that a part of the file stands for."""
    if isinstance(data, list):
        return [value_of(item) for item in data]
    if not isinstance(data, dict):
        return data
    if len(data) == 1 and (tag := next(iter(data))) in TAGS:
        return TAGS[tag](value_of(data[tag]))
    return {key: value_of(item) for key, item in data.items()}


def same(left, right):
    """Return whether two values have the same type and content: 1, 1.0 and true are three values."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, set):
        return {(type(item), item) for item in left} == {(type(item), item) for item in right}
    return repr(left) == repr(right) if isinstance(left, float) else left == right
