"""The grammar of keys, and helpers that take keys apart.

A key is segments joined by dots. A plain segment is any non-empty text without `.`, `=`, `"` and control
characters, and without white space at its ends. Any other text is a segment in double quotes, with the escapes
of TOML: the key `loggers."sqlalchemy.engine".level` has three segments. Case matters, and nothing is
normalised.

A *segment* is a part of a key as it is written there. The *name* of a segment is the text that it stands for:
`"sqlalchemy.engine"` with its quotes is a segment, and without them its name. The library keeps each key in one
spelling: only the names that need quotes have them.
"""

from __future__ import annotations

from ..errors import KeySyntaxError, short_repr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "MAX_SEGMENTS",
    "check_key",
    "check_length",
    "is_below",
    "join",
    "join_name",
    "key_of_names",
    "name_of",
    "parent_of",
    "parents",
    "quote",
    "segments_of",
    "split_last",
    "split_override",
    "valid_keys",
]

# A cache: the segments of keys that passed the check. Both kernels look into it before they call `check_key`.
valid_keys: dict[str, tuple[str, ...]] = {}
# The cache is bounded, because a program can make any number of keys while it runs.
MAX_VALID_KEYS = 4096
# The subtree of a key is as deep as the key is long, and recursive functions work on it.
MAX_SEGMENTS = 256

_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}
_ESCAPED = {char: "\\" + letter for letter, char in _ESCAPES.items()}
_HEX_DIGITS = {"u": 4, "U": 8}


def check_key(key: object) -> str:
    """Return a key in its one spelling, an integer as its digits; raise `KeySyntaxError` if it is not a key."""
    if type(key) is str:
        if key in valid_keys:
            return key
        text = key
    elif isinstance(key, str):
        # The __str__ of an enum would return the name of the member.
        text = str.__str__(key)
    elif isinstance(key, int) and not isinstance(key, bool):
        return str(int(key))
    else:
        raise _not_text(key)
    segments = _parse(text)
    # The text may quote a segment that needs no quotes.
    text = ".".join(segments)
    _cache_segments(text, segments)
    return text


def segments_of(key: str) -> tuple[str, ...]:
    """Return the segments of a valid key."""
    segments = valid_keys.get(key)
    if segments is None:
        segments = _split(key)
        _cache_segments(key, segments)
    return segments


def _cache_segments(key: str, segments: tuple[str, ...]) -> None:
    if len(valid_keys) >= MAX_VALID_KEYS:
        valid_keys.clear()
    valid_keys[key] = segments


def _split(key: str) -> tuple[str, ...]:
    if '"' not in key:
        return tuple(key.split("."))
    segments = []
    while key:
        key, segment = split_last(key)
        segments.append(segment)
    return tuple(reversed(segments))


# --- Segments and names ---


def quote(name: str) -> str:
    """Return a name as a segment: in quotes, unless it is a plain segment.

    Examples:
        >>> quote("lr"), quote("sqlalchemy.engine")
        ('lr', '"sqlalchemy.engine"')
    """
    if name.isidentifier() or _problem_of(name) is None:
        return name
    return '"' + "".join(map(_escaped, name)) + '"'


def name_of(segment: str) -> str:
    """Return the name of a segment: its text without quotes and escapes."""
    return _read_quoted(segment, 0)[0] if segment[:1] == '"' else segment


def _escaped(char: str) -> str:
    if char in _ESCAPED:
        return _ESCAPED[char]
    return f"\\u{ord(char):04x}" if _is_control(char) else char


def _is_control(char: str) -> bool:
    return char < " " or "\x7f" <= char <= "\x9f"


def _problem_of(segment: str) -> str | None:
    """Return why a text is not a plain segment, None if it is one."""
    for char in '.="':
        if char in segment:
            return f"segment {segment!r} contains {char!r}"
    if not segment.isprintable():
        for char in segment:
            if _is_control(char):
                return f"segment {segment!r} contains the control character {char!r}"
    if segment != segment.strip():
        return f"segment {segment!r} starts or ends with white space"
    return None if segment else "a segment is empty"


# --- Parsing ---


def _parse(text: str) -> tuple[str, ...]:
    """Return the segments of a key text; raise `KeySyntaxError`."""
    if not text:
        raise _syntax_error(text, "it is empty")
    if '"' in text:
        segments = tuple(_parse_quoted(text))
        check_length(text, len(segments))
        return segments
    # The rest of a much too long key need not be split.
    segments = tuple(text.split(".", MAX_SEGMENTS + 1))
    check_length(text, len(segments))
    for number, segment in enumerate(segments, 1):
        _check_plain(text, segment, number)
    return segments


def check_length(key: str, count: int) -> None:
    """Raise `KeySyntaxError` for a key of too many segments."""
    if count > MAX_SEGMENTS:
        raise _syntax_error(key, f"it has more than {MAX_SEGMENTS} segments")


def _check_plain(text: str, segment: str, number: int) -> None:
    if not segment:
        raise _syntax_error(text, f"segment {number} is empty")
    problem = _problem_of(segment)
    if problem:
        raise _segment_error(text, segment, problem)


def _parse_quoted(text: str) -> Iterator[str]:
    position, number = 0, 1
    while True:
        if text[position : position + 1] == '"':
            name, position = _read_quoted(text, position)
            yield quote(name)
            if position < len(text) and text[position] != ".":
                raise _syntax_error(text, f"expected '.' after segment {number}, got {text[position]!r}")
        else:
            end = text.find(".", position)
            segment = text[position : end if end >= 0 else len(text)]
            position += len(segment)
            _check_plain(text, segment, number)
            yield segment
        if position >= len(text):
            return
        # Skip the dot.
        position += 1
        number += 1


def _read_quoted(text: str, start: int) -> tuple[str, int]:
    """Return the name of the quoted segment that starts at an index, and the index after its closing quote."""
    chars: list[str] = []
    position = start + 1
    while position < len(text):
        char = text[position]
        if char == '"':
            return "".join(chars), position + 1
        if char == "\\":
            char, position = _read_escape(text, position)
        else:
            position += 1
        chars.append(char)
    raise _syntax_error(text, f"the quote at character {start + 1} is not closed")


def _read_escape(text: str, start: int) -> tuple[str, int]:
    letter = text[start + 1 : start + 2]
    if letter in _ESCAPES:
        return _ESCAPES[letter], start + 2
    end = start + 2 + _HEX_DIGITS.get(letter, 0)
    digits = text[start + 2 : end]
    try:
        if letter in _HEX_DIGITS and len(digits) == _HEX_DIGITS[letter] and digits.isalnum():
            return chr(int(digits, 16)), end
    # The digits are not hexadecimal, or no character has this number.
    except (ValueError, OverflowError):
        pass
    raise _syntax_error(text, f"{text[start:end]!r} is not an escape of TOML")


def split_override(text: str) -> tuple[str, str] | None:
    """Return the key and the value of a `key=value` text, split at the first `=` outside of quotes, or None.

    Raises `KeySyntaxError` for a key that is not valid.
    """
    key, equals, value = text.partition("=")
    if '"' in key:
        end = _end_of_key(text)
        key, equals, value = text[:end], text[end : end + 1], text[end + 1 :]
    return (check_key(key), value) if equals else None


def _end_of_key(text: str) -> int:
    """Return the index of the first `=` outside of quotes, the length of the text if there is none."""
    position, is_start = 0, True
    while position < len(text) and text[position] != "=":
        if is_start and text[position] == '"':
            position = _read_quoted(text, position)[1]
            is_start = False
        else:
            is_start = text[position] == "."
            position += 1
    return position


def _not_text(key: object) -> KeySyntaxError:
    detail = f"is not a valid key: expected text, got {type(key).__name__}"
    return KeySyntaxError(short_repr(key), value=key, detail=detail)


def _segment_error(text: str, segment: str, problem: str) -> KeySyntaxError:
    hint = f"; write it in quotes: {quote(segment)}" if "=" in segment else ""
    return _syntax_error(text, problem + hint)


def _syntax_error(text: str, problem: str) -> KeySyntaxError:
    return KeySyntaxError(text, value=text, detail=f"is not a valid key: {problem}")


# --- Keys and their prefixes ---


def join(prefix: str, segment: str) -> str:
    """Return the key of a segment below a prefix: `"train.lr"`; below `""` it is the segment itself."""
    return f"{prefix}.{segment}" if prefix else segment


def join_name(prefix: str, name: object) -> str:
    """Return the key of a name below a prefix: the name is one segment, whatever characters it has.

    Raises `KeySyntaxError` if the name is neither text nor an integer.
    """
    if isinstance(name, str):
        text = name if type(name) is str else str.__str__(name)
    elif isinstance(name, int) and not isinstance(name, bool):
        text = str(int(name))
    else:
        error = _not_text(name)
        detail = f"{error.detail} (below {prefix!r})" if prefix else error.detail
        raise KeySyntaxError(error.key, value=name, detail=detail)
    segment = text if text.isidentifier() else quote(text)
    return f"{prefix}.{segment}" if prefix else segment


def key_of_names(names: Iterable[str]) -> str:
    """Return the key whose segments have these names."""
    return ".".join(map(quote, names))


def split_last(key: str) -> tuple[str, str]:
    """Return the prefix and the last segment: `("train.opt", "lr")`; the prefix of a single segment is `""`."""
    if key[-1:] != '"':
        prefix, _, segment = key.rpartition(".")
        return prefix, segment
    # A quote inside of quotes has a backslash before it. So the last `."` before the closing quote opens the
    # segment.
    dot = key.rfind('."', 0, len(key) - 1)
    return (key[:dot], key[dot + 1 :]) if dot >= 0 else ("", key)


def parent_of(key: str) -> str:
    """Return the key without its last segment: `"train.opt"` for `"train.opt.lr"`, `""` for `"train"`."""
    return split_last(key)[0]


def parents(key: str) -> Iterator[str]:
    """Yield every proper prefix of a key, the longest first: `"train.opt"`, `"train"` for `"train.opt.lr"`."""
    while key := split_last(key)[0]:
        yield key


def is_below(key: str, prefix: str) -> bool:
    """Return whether a key has a prefix and is longer than it; every key is below the prefix `""`."""
    return not prefix or key.startswith(prefix + ".")
