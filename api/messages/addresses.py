"""Why a file could not be taken from the address that a publisher gave, as a refusal of the native API says it."""

from __future__ import annotations

from types import MappingProxyType

from api.messages import Sentences
from api.messages.harvests import SENTENCES as OF_SOURCES

_KNOWN = ("address-not-allowed", "url-not-allowed", "unknown-host", "unreachable", "certificate", "too-slow",
          "too-large", "too-many-redirects", "cut-short", "not-http", "encoding-not-allowed")

SENTENCES: Sentences = MappingProxyType({
    "fetch-off": {"vi": "Trang này không lấy tệp từ địa chỉ trên mạng; hãy gửi tệp.",
                  "en": "This site takes no files from addresses; send the file."},
    "fetch-http": {"vi": "Máy chủ ở địa chỉ đó trả lời {status}.",
                   "en": "The server at that address answered {status}."},
    "fetch-failed": {"vi": "Không tải được tệp từ địa chỉ đó.",
                     "en": "The file could not be fetched from that address."},
    "address-not-allowed": OF_SOURCES["address-not-allowed"],
    **{f"fetch-{code}": OF_SOURCES[code] for code in _KNOWN},
})


def code_of(reason: str) -> tuple[str, dict[str, str]]:
    """The code of a refusal and what its sentence needs, from the reason that the client of the network gives."""
    if reason.startswith("http-"):
        return "fetch-http", {"status": reason[5:]}
    return (f"fetch-{reason}" if reason in _KNOWN else "fetch-failed"), {}
