"""Mutations of valid inputs: corrupted bytes, and JSON trees with odd values."""

import copy
import json
import math
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

ODD_BYTES = (
    b"\0",
    b"\xff" * 8,
    b"\xff\xff\xff\xff\xff\xff\xff\x7f",
    b"\x7f\xff\xff\xff",
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"9" * 400,
    b"9" * 5000,
    b"[" * 3000,
    b'{"a":' * 3000,
    b"\xed\xa0\x80",
    b"\n",
    b'"',
    b"../../../tmp/x",
    b"/etc/passwd",
    b"-1",
    b"nan",
    b"inf",
    b"x" * 300,
)
DEEP, LESS_DEEP = "@deep@", "@less deep@"
ODD_VALUES = (
    None,
    True,
    False,
    0,
    -1,
    1,
    2**31,
    2**63,
    2**64,
    -(2**63),
    10**40,
    10**400,
    0.5,
    -0.0,
    1e-320,
    1e308,
    -1e308,
    math.nan,
    math.inf,
    -math.inf,
    "",
    "x",
    "\0",
    "\ud800",
    "../../x",
    "/etc/passwd",
    "a\nb",
    "\u202ex",
    "x" * 300,
    [],
    [[]],
    {},
    {"": {}},
    [0] * 1000,
    DEEP,
    LESS_DEEP,
)


def _flip(content: bytes, at: int, n: int, other: bytes) -> bytes:
    return content[:at] + bytes([content[at] ^ (1 << n % 8)]) + content[at + 1 :] if at < len(content) else content


def _cut(content: bytes, at: int, n: int, other: bytes) -> bytes:
    return content[:at]


def _drop(content: bytes, at: int, n: int, other: bytes) -> bytes:
    return content[:at] + content[at + n % 64 :]


def _repeat(content: bytes, at: int, n: int, other: bytes) -> bytes:
    return content[: at + n % 256] + content[at:]


def _splice(content: bytes, at: int, n: int, other: bytes) -> bytes:
    return content[:at] + other[n % (len(other) + 1) :]


def _insert(content: bytes, at: int, n: int, other: bytes) -> bytes:
    return content[:at] + ODD_BYTES[n % len(ODD_BYTES)] + content[at:]


def _overwrite(content: bytes, at: int, n: int, other: bytes) -> bytes:
    odd = ODD_BYTES[n % len(ODD_BYTES)]
    return content[:at] + odd + content[at + len(odd) :]


_CHANGES = (_flip, _cut, _drop, _repeat, _splice, _insert, _overwrite)
_NUMBERS = st.integers(0, 2**20 - 1)


@st.composite
def mutated(draw: st.DrawFn, *seeds: bytes, head: int = 4096) -> bytes:
    """Draw a seed with one to four changes; half of the changes within its first ``head`` bytes."""
    content = draw(st.sampled_from(seeds))
    for change, position, n in draw(
        st.lists(st.tuples(st.sampled_from(_CHANGES), _NUMBERS, _NUMBERS), min_size=1, max_size=4)
    ):
        reach = min(head, len(content)) if position % 2 else len(content)
        content = change(content, (position // 2) % (reach + 1), n, seeds[n % len(seeds)])
    return content


def _slots(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Yield container and key of each value in a tree."""
    for key in list(tree) if isinstance(tree, dict) else range(len(tree)):
        yield tree, key
        if isinstance(tree[key], dict | list):
            yield from _slots(tree[key])


@st.composite
def odd(draw: st.DrawFn, tree: Any) -> Any:
    """Draw a copy of a tree of dicts and lists with one to three values replaced, removed or inserted."""
    tree = copy.deepcopy(tree)
    for position, how, value in draw(
        st.lists(st.tuples(_NUMBERS, st.integers(0, 5), st.sampled_from(ODD_VALUES)), min_size=1, max_size=3)
    ):
        slots = list(_slots(tree))
        if not slots:
            break
        owner, key = slots[position % len(slots)]
        if how == 0:
            del owner[key]
        elif how == 1 and isinstance(owner, list):
            owner.insert(key, copy.deepcopy(value))
        elif how == 1:
            owner[f"{key}x"] = copy.deepcopy(value)
        else:
            owner[key] = copy.deepcopy(value)
    return tree


def text_of(tree: Any) -> str:
    """Return a tree as JSON with NaN, long numbers and deep nesting, as Python's json allows."""
    text = json.dumps(tree)
    text = text.replace(f'"{DEEP}"', "[" * 20_000 + "]" * 20_000)
    return text.replace(f'"{LESS_DEEP}"', '{"a":[' * 440 + "]}" * 440)
