"""The small words that shapes are made of: texts by language, names, addresses, and how long each may be."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Short = Annotated[str, StringConstraints(max_length=300)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Prose = Annotated[str, StringConstraints(max_length=20_000)]
LanguageTag = Annotated[str, StringConstraints(min_length=2, max_length=35)]
Texts = Annotated[str, StringConstraints(max_length=20_000)] | dict[LanguageTag, Prose]
"""Words in one language (the site's) or in several, by tag."""
Address = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Slug = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Email = Annotated[str, StringConstraints(max_length=300)]
Password = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class In(BaseModel):
    """Input: a member that the contract does not name is refused."""

    model_config = ConfigDict(extra="forbid")
