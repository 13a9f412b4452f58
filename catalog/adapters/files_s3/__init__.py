"""Content-addressed objects, staging area and public-state records in a bucket of any S3 (AWS, Ceph, SeaweedFS …)."""

from __future__ import annotations

from catalog.adapters.files_s3.bucket import Address, address_of
from catalog.adapters.files_s3.files import S3Files

__all__ = ["Address", "S3Files", "address_of"]
