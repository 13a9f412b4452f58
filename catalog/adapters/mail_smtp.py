"""The Mail port on a server that speaks SMTP: one letter at a time, encrypted wherever a password is shown."""

from __future__ import annotations

import smtplib
import ssl
from email.header import Header
from email.mime.text import MIMEText
from email.utils import formataddr, formatdate, parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

from catalog.errors import Invalid, Unavailable
from catalog.notice import Letter

SECONDS = 20.0
FOR_GOOD = 500


class SmtpMail:
    """Sends from one address: ``smtp://user:password@host:587`` (STARTTLS; ``?tls=off``: none), ``smtps://host:465``.

    Raises ValueError for an address that is none.
    """

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or "@" not in parseaddr(sender)[1]:
            raise ValueError("no address of a mail server, or no sender")
        self._host, self._wrapped = parts.hostname, parts.scheme == "smtps"
        self._port = parts.port or (465 if self._wrapped else 587)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._plain = parse_qs(parts.query).get("tls") == ["off"]
        self._sender = sender

    def send(self, letter: Letter) -> None:
        """Hand a letter over. Raises Unavailable where trying again may help, Invalid where it will not."""
        try:
            with self._server() as server:
                server.send_message(self._message(letter))
        except smtplib.SMTPRecipientsRefused as refused:
            code, said = next(iter(refused.recipients.values()))
            raise _refusal(code, said) from refused
        except smtplib.SMTPResponseException as refused:
            lasting = FOR_GOOD if isinstance(refused, smtplib.SMTPDataError | smtplib.SMTPSenderRefused) else 0
            raise _refusal(refused.smtp_code if lasting else 0, refused.smtp_error) from refused
        except (OSError, smtplib.SMTPException) as trouble:
            raise Unavailable("mail-down", said=type(trouble).__name__) from trouble

    def _server(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._wrapped:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=SECONDS, context=context)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=SECONDS)
            if not self._plain:
                server.starttls(context=context)
        if self._user:
            server.login(self._user, self._password)
        return server

    def _message(self, letter: Letter) -> MIMEText:
        """Write the letter. Headers are encoded here: the newer EmailMessage loses spaces where it folds long ones."""
        made = MIMEText(letter.body, "plain", "utf-8")
        name, address = parseaddr(self._sender)
        made["From"] = formataddr((Header(name, "utf-8").encode() if not name.isascii() else name, address))
        made["To"], made["Subject"] = letter.to, _encoded(" ".join(letter.subject.split()))
        made["Date"] = formatdate()
        made["Message-ID"] = f"<{letter.id}@{address.rpartition('@')[2]}>"
        made["Auto-Submitted"], made["Content-Language"] = "auto-generated", letter.language
        return made


def _encoded(words: str) -> str:
    return words if words.isascii() else Header(words, "utf-8", header_name="Subject").encode()


def _refusal(code: int, said: bytes | str) -> Invalid | Unavailable:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    about = f"{code} {words}"[:200]
    return Invalid("mail-refused", said=about) if code >= FOR_GOOD else Unavailable("mail-down", said=about)
