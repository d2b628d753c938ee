"""Conversion to a union: the type that a value already has, or else the first type that accepts it."""

from __future__ import annotations

from ..core.value import MISSING, FileValue, Parts, UntypedText, is_mapping, replace
from .acceptance import accepts_parts
from .choices import has_choice
from .containers import container_kind
from .misfit import Fault, Misfit
from .parts import looks_like_json, split
from .structures import bare_type, describe
from .type_checks import is_instance, is_literal, is_structure, is_union, origin_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .parts import Walk

__all__ = ["convert_to_union"]


def convert_to_union(value: Any, annotation: Any, base: Any, walk: Walk) -> Any:
    """Convert to one of the types of a union."""
    everything = list(_members_of(annotation))
    members = [member for member in everything if member is not type(None)]
    if type(value) is Parts and value.value is not MISSING and not any(map(accepts_parts, members)):
        # What is set below a key cannot change a value that has no parts.
        value = value.value
    if len(members) < len(everything) and _means_none(value, members):
        return None
    if len(members) == 1:
        try:
            return walk(value, members[0], base)
        except Misfit as misfit:
            raise misfit.as_type(annotation) from None
    kept = _kept(value.value if type(value) is FileValue else value, members, walk)
    if kept is not MISSING:
        return kept
    # A field that is None by default accepts None without a type for it. What is set here is not None.
    base = MISSING if base is None else base
    misfits = []
    for member in _in_order(value, members, base, annotation):
        try:
            return walk(value, member, base)
        except Misfit as misfit:
            misfits.append(misfit)
    raise _closest(misfits, value, annotation)


def _members_of(annotation: Any) -> Iterator[Any]:
    """Yield the types of a union, and of the unions in it."""
    for member in annotation.__args__:
        bare = bare_type(member)
        if is_union(bare):
            yield from _members_of(bare)
        else:
            yield member


def _means_none(value: Any, members: list[Any]) -> bool:
    """Return whether a value is a text for None, and no member accepts that text."""
    if type(value) is Parts:
        return not value.items and _means_none(value.value, members)
    if value is None:
        return True
    if not issubclass(type(value), str) or value.strip().lower() not in ("none", "null"):
        return False
    bare = [bare_type(member) for member in members]
    if any(has_choice(member, str.__str__(value)) for member in bare):
        return False
    return type(value) is UntypedText or str not in bare


def _kept(value: Any, members: list[Any], walk: Walk) -> Any:
    """Return a value that already is of one of the types, or `MISSING`."""
    cls = type(value)
    # A mapping can be meant for a structure, like the keys below a parameter.
    if cls is UntypedText or cls is Parts or is_mapping(value):
        return MISSING
    if any(_is_choice(value, bare_type(member)) for member in members):
        return value
    # A bool is an int only if no member is bool.
    for member in members:
        origin = origin_of(bare_type(member))
        if not isinstance(origin, type) or (cls is bool and origin is not bool):
            continue
        if is_instance(value, origin):
            try:
                converted = walk(value, member, MISSING)
            except Misfit:
                continue
            if converted is value:
                return value
    return MISSING


def _is_choice(value: Any, member: Any) -> bool:
    choices = member.__args__ if is_literal(member) else ()
    return any(type(value) is type(choice) and value == choice for choice in choices)


def _in_order(value: Any, members: list[Any], base: Any, annotation: Any) -> list[Any]:
    """Return the members in the order in which they are tried."""
    if type(value) is UntypedText:
        # Every text is a str. Text that looks like JSON is meant for a container, if the union has one.
        if looks_like_json(value):
            return sorted(members, key=lambda member: (not _has_parts(member), not _is_type_of(base, member)))
        return members
    if issubclass(type(value), str):
        return members
    if type(value) is Parts or is_mapping(value):
        tagged = _tagged_member(value, members, base, annotation)
        if tagged is not None:
            return [tagged]
        own = value.value if type(value) is Parts and value.value is not MISSING else base
        own = MISSING if type(own) is replace else own
        return sorted(members, key=lambda member: not _is_type_of(own, member))
    # A number becomes text only if the union has no type for numbers.
    bare = [bare_type(member) for member in members]
    if str in bare and any(kind in (bool, int, float) for kind in bare):
        return [member for member in members if bare_type(member) is not str]
    return sorted(members, key=lambda member: bare_type(member) is str)


def _has_parts(member: Any) -> bool:
    origin = origin_of(bare_type(member))
    return is_structure(origin) or container_kind(origin) is not None


def _is_type_of(value: Any, member: Any) -> bool:
    """Return whether a structure, dict or list is of a type, so that what is set merges with it."""
    origin = origin_of(bare_type(member))
    if is_structure(type(value)):
        # A named tuple is no tuple of items.
        return is_structure(origin) and is_instance(value, origin)
    return isinstance(origin, type) and container_kind(type(value)) is not None and is_instance(value, origin)


def _tagged_member(value: Any, members: list[Any], base: Any, annotation: Any) -> Any:
    """Return the struct that the tag in a mapping names, or None if there is no tag."""
    try:
        items, _ = split(value, base, object)
    except Misfit:
        return None
    tags: dict[str, Any] = {}
    key = None
    for member in members:
        origin = origin_of(bare_type(member))
        structure = describe(origin) if is_structure(origin) else None
        if structure is not None and structure.tag is not None and structure.tag in items:
            key = structure.tag
            tags[str(structure.tag_value)] = member
    if key is None:
        return None
    tag = str(items[key])
    if tag not in tags and len(tags) == len(members):
        misfit = Misfit.of(items[key], annotation, choices=list(tags))
        raise Misfit(fault.below((key,)) for fault in misfit.faults)
    return tags.get(tag)


def _closest(misfits: list[Misfit], value: Any, annotation: Any) -> Misfit:
    """Return the misfit of the member that a value was meant for, if one can be told."""
    partial = [
        misfit for misfit in misfits if any(fault.path or fault.kind != "value" for fault in misfit.faults)
    ]
    if not partial:
        details = {fault.detail for misfit in misfits for fault in misfit.faults}
        return Misfit.of(value, annotation, details.pop() if len(details) == 1 else None)

    def unknown(misfit: Misfit) -> list[Fault]:
        return [fault for fault in misfit.faults if fault.kind == "unknown" and len(fault.path) == 1]

    closest = min(partial, key=lambda misfit: (len(unknown(misfit)), len(misfit.faults)))
    tied = [misfit for misfit in partial if len(unknown(misfit)) == len(unknown(closest))]
    others = [fault for misfit in tied for fault in unknown(misfit) if fault.names]
    return Misfit(_of_all_members(fault, others) for fault in closest.faults)


def _of_all_members(fault: Fault, others: list[Fault]) -> Fault:
    """Return the fault of an unknown name with the fields of all members that do not have it."""
    same = [other for other in others if other.path == fault.path]
    if fault.kind != "unknown" or len(same) < 2:
        return fault
    wanted = " | ".join(other.wanted for other in same)
    names = list(dict.fromkeys(name for other in same for name in other.names))
    return Fault(fault.path, fault.value, wanted, f"is not a field of {wanted}", "unknown", names=names)
