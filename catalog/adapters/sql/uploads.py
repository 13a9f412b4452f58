"""Uploads that come in piece by piece, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from catalog.adapters.sql import schema
from catalog.adapters.sql.base import Part
from catalog.model import Upload

UPLOAD = schema.uploads
UPLOAD_BY_ID = select(UPLOAD.c.body).where(UPLOAD.c.id == bindparam("key"))


class UploadRows(Part):
    """The part of the unit of work that knows what is on its way in."""

    def add_upload(self, one: Upload) -> None:
        """Record a new upload."""
        self._insert(UPLOAD, {"id": one.id, "person": one.person, "expires": one.expires,
                              "body": self._codec.encode(one)})

    def save_upload(self, one: Upload) -> None:
        """Record what an upload is now; one that was forgotten stays forgotten."""
        values = {"expires": one.expires, "body": self._codec.encode(one)}
        self.connection.execute(UPLOAD.update().where(UPLOAD.c.id == one.id).values(**values))

    def upload(self, upload: str) -> Upload | None:
        """Find an upload."""
        return self._body(Upload, UPLOAD_BY_ID, key=upload)

    def uploads(self, *, person: str = "", before: datetime | None = None) -> Sequence[Upload]:
        """Give uploads in the order of their making."""
        statement = select(UPLOAD.c.body).order_by(UPLOAD.c.id)
        statement = statement.where(UPLOAD.c.person == person) if person else statement
        return self._bodies(Upload, statement.where(UPLOAD.c.expires < before) if before else statement)

    def drop_upload(self, upload: str) -> bool:
        """Forget an upload; tells whether it was there."""
        return self.connection.execute(delete(UPLOAD).where(UPLOAD.c.id == upload)).rowcount > 0
