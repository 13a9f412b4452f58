"""The Mail port on a server that speaks SMTP: one letter at a time, encrypted wherever a password is shown."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr
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

    def _message(self, letter: Letter) -> EmailMessage:
        made = EmailMessage(policy=SMTP)
        made["From"], made["To"], made["Subject"] = self._sender, letter.to, " ".join(letter.subject.split())
        made["Date"] = formatdate()
        made["Message-ID"] = f"<{letter.id}@{parseaddr(self._sender)[1].rpartition('@')[2]}>"
        made["Auto-Submitted"] = "auto-generated"
        made.set_content(letter.body)
        made["Content-Language"] = letter.language  # set_content takes away what is said of a content before
        return made


def _refusal(code: int, said: bytes | str) -> Invalid | Unavailable:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    about = f"{code} {words}"[:200]
    return Invalid("mail-refused", said=about) if code >= FOR_GOOD else Unavailable("mail-down", said=about)
