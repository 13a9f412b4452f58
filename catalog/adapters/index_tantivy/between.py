"""Texts between two others as one regular expression: the engine has ranges of numbers only, but knows automata."""

from __future__ import annotations

from typing import Final

from catalog.question import Between, clean_text

LONGEST: Final = 100
"""Signs of a bound that count: behind so many alike ones, texts are as good as the same."""

_LAST: Final = 0x10FFFF
_BEFORE, _AFTER = 0xD7FF, 0xE000
"""Signs on both sides of the halves of surrogate pairs, which no text holds."""

_ANY: Final = "(?s:.*)"


def expression(wanted: Between) -> str | None:
    """Give what fits all texts between, by the numbers of their signs; None where there can be none."""
    low, high = (None if one is None else clean_text(one)[:LONGEST] for one in (wanted.low, wanted.high))
    if low is None or high is None:
        both = (_from(low, inside=wanted.with_low) if low is not None else
                _to(high, inside=wanted.with_high) if high is not None else [_ANY])
        return _one_of(both) if both else None
    if low > high or (low == high and not (wanted.with_low and wanted.with_high)):
        return None
    same = next((at for at, (one, other) in enumerate(zip(low, high, strict=False)) if one != other),
                min(len(low), len(high)))
    begun = "".join(map(_sign, low[:same]))
    if low == high:
        return begun
    rest = _to(high[same:], inside=wanted.with_high) if same == len(low) else _between(low, high, same, wanted)
    if same == len(low) and not wanted.with_low:  # the shared beginning is the lower bound itself, which is left out
        rest = [one for one in rest if one]
    return f"{begun}{_one_of(rest)}" if rest else None


def _between(low: str, high: str, same: int, wanted: Between) -> list[str]:
    """Bounds that part at a sign: behind the lower one's, between both, up to the upper one's."""
    first, last = low[same], high[same]
    behind = f"{_sign(first)}{_one_of(_from(low[same + 1:], inside=wanted.with_low))}"
    upto = _to(high[same + 1:], inside=wanted.with_high)
    middle = _signs(ord(first) + 1, ord(last) - 1)
    return [behind, *([f"{middle}{_ANY}"] if middle else []), *([f"{_sign(last)}{_one_of(upto)}"] if upto else [])]


def _from(low: str, *, inside: bool) -> list[str]:
    """Texts from a bound on: it, all that go on behind it, and those with a greater sign at any place."""
    found, begun = [], ""
    for one in low:
        if greater := _signs(ord(one) + 1, _LAST):
            found.append(f"{begun}{greater}{_ANY}")
        begun += _sign(one)
    return [*found, f"{begun}{_ANY}" if inside else f"{begun}(?s:.+)"]


def _to(high: str, *, inside: bool) -> list[str]:
    """Texts up to a bound: its beginnings, those with a lesser sign at any place, and it."""
    found, begun = [], ""
    for one in high:
        found.append(begun)
        if lesser := _signs(0, ord(one) - 1):
            found.append(f"{begun}{lesser}{_ANY}")
        begun += _sign(one)
    return [*found, begun] if inside else found


def _one_of(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"


def _sign(one: str) -> str:
    return f"\\x{{{ord(one):x}}}"


def _signs(first: int, last: int) -> str:
    """A class of signs by their numbers; "" for none."""
    parts = [(max(first, start), min(last, end)) for start, end in ((0, _BEFORE), (_AFTER, _LAST))]
    said = "".join(f"\\x{{{start:x}}}-\\x{{{end:x}}}" for start, end in parts if start <= end)
    return f"[{said}]" if said else ""
