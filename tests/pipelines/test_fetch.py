"""The guarded HTTP client: what it reaches, what it does not, and where it stops."""

from __future__ import annotations

import gzip
import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pipelines.fetch import Fetcher, Guard, Limits, Unfetched

INSIDE = Guard.of(networks=["127.0.0.0/8"])

FORBIDDEN = [
    "http://127.0.0.1/", "http://127.1/", "http://0/", "http://2130706433/", "http://0177.0.0.1/", "http://0x7f.1/",
    "http://localhost/", "http://localhost./", "http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/", "http://[64:ff9b::7f00:1]/", "http://[64:ff9b:1::7f00:1]/", "http://[2002:7f00:1::]/",
    "http://[::127.0.0.1]/", "http://[2001:0:7f00:1::]/", "http://[2001:4860::5efe:7f00:1]/",
    "http://169.254.169.254/latest/meta-data/", "http://[fe80::1]/", "http://[fd00::1]/", "http://[fec0::1]/",
    "http://10.0.0.1/", "http://172.31.255.1/", "http://192.168.1.1/", "http://100.64.0.1/", "http://198.18.0.1/",
    "http://224.0.0.1/", "http://255.255.255.255/", "http://240.0.0.1/", "http://192.0.2.1/", "http://[ff02::1]/",
    "http://[2001:db8::1]/", "http://１２７.0.0.1/", "http://①②⑦.0.0.1/",
]

NO_ADDRESSES = [
    "file:///etc/passwd", "gopher://example.org/", "ftp://example.org/a", "s3://bucket/a", "data:text/plain,a",
    "sqlite:///a.db", "//example.org/a", "example.org", "", "http://", "http:///a", "http://user@example.org/",
    "http://user:secret@example.org/", "http://example.org\\@127.0.0.1/", "http://exa\tmple.org/", "http://exam\nple.org/",
    "http://example.org/ a", "http://example.org:99999/", "http://example.org:x/", "http://[::1/", "http://a/" + "b" * 5000,
]


class Server:
    """A server whose answers are functions of ours; it remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                outer.asked.append((self.command, self.path, headers, self.rfile.read(size)))
                self.close_connection = True
                outer.answers[self.path.partition("?")[0]](self)

            do_POST = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def say(self, path: str, body: bytes = b"", status: int = 200, **headers: str) -> str:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.end_headers()
            try:
                handler.wfile.write(body)
            except OSError:
                return

        self.answers[path] = answer
        return self.url + path

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


def refused(url: str, fetcher: Fetcher | None = None, **wishes: object) -> str:
    with pytest.raises(Unfetched) as caught:
        (fetcher or Fetcher(INSIDE)).get(url, **wishes)  # type: ignore[arg-type]
    return caught.value.code


@pytest.mark.parametrize("url", FORBIDDEN)
def test_an_address_that_is_not_public_is_refused_however_it_is_spelt(url: str) -> None:
    assert refused(url, Fetcher()) in {"address-not-allowed", "unknown-host"}


@pytest.mark.parametrize("url", [one for one in FORBIDDEN if "localhost" not in one])
def test_an_address_that_says_by_itself_where_it_leads_is_objected_to_before_anybody_calls_it(url: str) -> None:
    fetcher = Fetcher(look_up=lambda *_: pytest.fail("a name was looked up"))
    assert fetcher.objection(url) == "address-not-allowed"


def test_names_and_allowed_networks_and_public_numbers_are_not_objected_to() -> None:
    for url in ("https://data.example.gov.vn/hook", "http://localhost/", "http://203.162.0.1/", "http://[2001:4860::1]/"):
        assert not Fetcher().objection(url), url
    assert Fetcher().objection("http://203.162.0.1:22/") == "address-not-allowed"
    assert not Fetcher(INSIDE).objection("http://127.0.0.1:9999/")
    assert not Fetcher(INSIDE).objection("http://2130706433:9999/")
    assert Fetcher().objection("gopher://a/") == "url-not-allowed"


@pytest.mark.parametrize("url", NO_ADDRESSES)
def test_only_plain_addresses_of_http_are_asked(url: str) -> None:
    assert refused(url) == "url-not-allowed"


def test_public_addresses_are_allowed_on_the_ports_of_the_web_only() -> None:
    guard = Guard.of(ports=[8443])
    assert guard.allows("203.162.0.1", 443)
    assert guard.allows("2001:ee0::1", 8443)
    assert guard.allows("64:ff9b::cba2:1", 80)
    assert not guard.allows("203.162.0.1", 22)
    assert not guard.allows("2001:ee0::1%eth0", 443)
    assert not guard.allows("no-address", 443)


def test_a_network_that_the_operator_names_may_be_asked_on_any_port_and_no_other() -> None:
    guard = Guard.of(networks=["10.20.0.0/16", "fd12::/16"])
    assert guard.allows("10.20.3.4", 8080)
    assert guard.allows("::ffff:10.20.3.4", 8080)
    assert guard.allows("fd12::7", 80)
    assert not guard.allows("10.21.3.4", 80)
    assert not guard.allows("127.0.0.1", 80)


def test_an_answer_comes_whole_with_its_headers(server: Server) -> None:
    url = server.say("/a", "số liệu".encode(), ETag='"x"')
    found = Fetcher(INSIDE).get(url, {"If-None-Match": '"y"'})
    assert (found.status, found.body.decode(), found.headers["etag"], found.url) == (200, "số liệu", '"x"', url)
    sent = server.asked[0][2]
    assert sent["if-none-match"] == '"y"'
    assert sent["accept-encoding"] == "gzip"


def test_a_page_that_is_no_good_one_is_told_by_its_status(server: Server) -> None:
    with pytest.raises(Unfetched) as caught:
        Fetcher(INSIDE).page(server.say("/a", b"no", 503))
    assert caught.value.code == "http-503"
    assert caught.value.may_pass
    assert Fetcher(INSIDE).get(server.say("/b", b"", 304)).status == 304


def test_letters_of_other_scripts_in_an_address_are_sent_as_the_web_sends_them(server: Server) -> None:
    server.say("/d%E1%BB%AF-li%E1%BB%87u", b"here")
    assert Fetcher(INSIDE).get(f"{server.url}/dữ-liệu?q=a%20b&c=ệ").body == b"here"
    assert server.asked[0][1].endswith("?q=a%20b&c=%E1%BB%87")


def test_a_name_that_has_one_forbidden_address_among_others_is_refused() -> None:
    def look_up(_host: str, port: int) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in ("203.162.0.1", "127.0.0.1")]

    assert refused("http://two-faced.example/", Fetcher(Guard(), look_up=look_up)) == "address-not-allowed"


def test_a_name_is_looked_up_once_so_that_no_second_answer_leads_elsewhere(server: Server) -> None:
    """DNS rebinding: the address that was checked is the one that is connected to."""
    port = int(server.url.rsplit(":", 1)[1])
    answers = iter(["127.0.0.1", "169.254.169.254"])

    def look_up(_host: str, _port: int) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    server.say("/a", b"first")
    fetcher = Fetcher(INSIDE, look_up=look_up)
    assert fetcher.get(f"http://rebinding.example:{port}/a").body == b"first"
    assert refused(f"http://rebinding.example:{port}/a", fetcher) == "address-not-allowed"
    assert server.asked[0][2]["host"] == f"rebinding.example:{port}"


def test_proxies_of_the_environment_are_not_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, server.url)
    assert refused("http://10.1.2.3/") == "address-not-allowed"
    assert server.asked == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_three_redirects_are_followed_and_a_fourth_is_not(server: Server, status: int) -> None:
    server.say("/4", b"end")
    for number in range(4):
        server.say(f"/{number}", b"on", status, Location=f"/{number + 1}")
    assert Fetcher(INSIDE).get(f"{server.url}/1").body == b"end"
    assert refused(f"{server.url}/0") == "too-many-redirects"


@pytest.mark.parametrize(
    "ahead", ["http://169.254.169.254/", "http://[::ffff:10.0.0.1]/", "//192.168.0.1/x", "http://2852039166/"]
)
def test_each_hop_is_checked_like_the_first(server: Server, ahead: str) -> None:
    assert refused(server.say("/a", b"", 302, Location=ahead)) == "address-not-allowed"


@pytest.mark.parametrize("ahead", ["file:///etc/passwd", "http://a:b@127.0.0.1/", "gopher://x/", "http://[/"])
def test_a_redirect_to_what_is_no_address_of_the_web_is_refused(server: Server, ahead: str) -> None:
    assert refused(server.say("/a", b"", 302, Location=ahead)) == "url-not-allowed"


def test_credentials_stay_with_the_origin_that_they_are_meant_for(server: Server) -> None:
    other = Server()
    try:
        other.say("/b", b"there")
        server.say("/same", b"", 302, Location="/a")
        server.say("/a", b"", 302, Location=other.url + "/b")
        secrets = {"X-CKAN-API-Key": "secret"}
        assert Fetcher(INSIDE).get(f"{server.url}/same", {"Accept": "a/b"}, secrets=secrets).body == b"there"
        assert [sent.get("x-ckan-api-key") for _, _, sent, _ in server.asked] == ["secret", "secret"]
        assert "x-ckan-api-key" not in other.asked[0][2]
        assert other.asked[0][2]["accept"] == "a/b"
    finally:
        other.close()


def test_a_post_carries_its_body_and_is_never_sent_elsewhere(server: Server) -> None:
    url = server.say("/hook", b"thanks", 202)
    found = Fetcher(INSIDE).post(url, b'{"a": 1}', {"Content-Type": "application/json"}, secrets={"Authorization": "x"})
    assert (found.status, found.body) == (202, b"thanks")
    assert server.asked[0][0] == "POST"
    assert server.asked[0][3] == b'{"a": 1}'
    with pytest.raises(Unfetched, match="redirected"):
        Fetcher(INSIDE).post(server.say("/moved", b"", 307, Location="/hook"), b"{}")
    assert [path for _, path, *_ in server.asked] == ["/hook", "/moved"]


def test_a_gzipped_answer_is_unpacked_and_a_cut_one_is_refused(server: Server) -> None:
    packed = gzip.compress("dữ liệu".encode() * 1000)
    assert Fetcher(INSIDE).get(server.say("/a", packed, Content_Encoding="gzip")).body == "dữ liệu".encode() * 1000
    assert refused(server.say("/cut", packed[:-9], Content_Encoding="gzip")) == "cut-short"
    assert refused(server.say("/no", b"not packed at all", Content_Encoding="gzip")) == "cut-short"


@pytest.mark.parametrize("coding", ["br", "zstd", "deflate", "gzip, br", "compress"])
def test_other_packings_are_refused_unread(server: Server, coding: str) -> None:
    assert refused(server.say("/a", b"\x00" * 100, Content_Encoding=coding)) == "encoding-not-allowed"


def test_a_body_beyond_its_limit_is_refused_promised_or_not_packed_or_not(server: Server) -> None:
    small = Fetcher(INSIDE, Limits(size=1000))

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"x" * 10_000)
        except OSError:
            return

    server.answers["/endless"] = endless
    bomb = zlib.compressobj(9, wbits=31)
    packed = bomb.compress(b"\x00" * 50_000_000) + bomb.flush()
    assert refused(server.say("/promised", b"x" * 1001), small) == "too-large"
    assert refused(f"{server.url}/endless", small) == "too-large"
    assert refused(server.say("/bomb", packed, Content_Encoding="gzip"), Fetcher(INSIDE, Limits(size=100_000))) == "too-large"


def test_an_answer_that_drips_is_given_up_in_its_headers_and_in_its_body(server: Server) -> None:
    """A byte now and then keeps every single wait short: the whole has a limit too."""
    stop = threading.Event()

    def drip(start: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            try:
                handler.wfile.write(start)
                while not stop.wait(0.02):
                    handler.wfile.write(b"x")
            except OSError:
                return

        return answer

    server.answers["/head"] = drip(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    server.answers["/body"] = drip(b"HTTP/1.1 200 OK\r\n\r\n")
    hasty = Fetcher(INSIDE, Limits(seconds=0.5))
    try:
        assert refused(f"{server.url}/head", hasty) == "too-slow"
        assert refused(f"{server.url}/body", hasty) == "too-slow"
    finally:
        stop.set()


def test_silence_is_given_up_and_a_host_that_is_not_there_is_told(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert refused(url, Fetcher(INSIDE, Limits(idle=0.2))) == "too-slow"
    assert refused(url) == "unreachable"
    assert refused("http://no-such-host.invalid/", Fetcher(INSIDE, look_up=lambda *_: [])) == "unknown-host"
    assert refused(server.url.replace("http:", "https:")) == "unreachable"


def test_what_is_no_http_and_what_ends_early_is_told(server: Server) -> None:
    server.answers["/odd"] = lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH_9\r\n\r\n")  # type: ignore[assignment]
    server.answers["/short"] = lambda handler: handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")  # type: ignore[assignment]
    assert refused(f"{server.url}/odd") == "not-http"
    assert refused(f"{server.url}/short") == "cut-short"


def test_what_goes_wrong_in_the_readers_hands_stays_what_it_is(server: Server) -> None:
    url = server.say("/a", b"x" * 100)

    def use() -> None:
        with Fetcher(INSIDE).stream(url) as stream:
            int(next(stream.pieces))

    with pytest.raises(ValueError, match="invalid literal"):
        use()


def test_a_message_names_the_host_and_no_credentials() -> None:
    with pytest.raises(Unfetched) as caught:
        Fetcher().get("http://127.0.0.1/?token=secret", secrets={"Authorization": "secret"})
    assert "secret" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)
