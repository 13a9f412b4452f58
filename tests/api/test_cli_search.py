"""The command line and a search engine that is not there, is another one, or does not know us; and one that is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.adapters.index_elastic import mapping
from infra.cluster.ports import free_ports
from tests.api.test_cli import Speak, datamo, document  # noqa: F401 - the fixture is used by its name
from tests.elastic import Node
from tests.elastic_proxy import Said, always, proxied

OPENSEARCH = Said(200, {"version": {"number": "3.4.0", "distribution": "opensearch"}}, {})
ELASTIC_8 = Said.error(400, "media_type_header_exception")
REFUSED = Said.error(401, "security_exception")


@pytest.mark.parametrize(("answer", "code", "words"), [
    (OPENSEARCH, "search-foreign", "not Elasticsearch 9"), (ELASTIC_8, "search-foreign", "not Elasticsearch 9"),
    (REFUSED, "search-login", "refuses"),
])
@pytest.mark.parametrize("command", ["init", "reindex"])
def test_another_engine_or_wrong_credentials_are_a_sentence_that_names_the_setting(
    datamo: Speak, answer: Said, code: str, words: str, command: str,  # noqa: F811
) -> None:
    with proxied() as server:
        server.plan = always(answer)
        url = f"http://me:hunter2@{server.url.removeprefix('http://')}/site"
        exit_code, out, err = datamo(command, "--lang", "en", search_url=url)
        assert (exit_code, out) == (3, "")
        assert len(err.splitlines()) == 1
        assert words in err
        assert "DATAMO_SEARCH_URL" in err
        exit_code, out, err = datamo(command, "--json", search_url=url)
    assert document(out)["error"]["code"] == code
    assert "hunter2" not in out + err


@pytest.mark.parametrize("command", ["init", "reindex"])
def test_an_engine_that_does_not_answer_is_a_sentence_that_names_the_setting(datamo: Speak, command: str) -> None:  # noqa: F811
    url = f"http://me:hunter2@127.0.0.1:{free_ports(1)[0]}/site"
    code, out, err = datamo(command, "--lang", "en", search_url=url)
    assert (code, out) == (3, "")
    assert "DATAMO_SEARCH_URL" in err
    assert "hunter2" not in err
    assert "Traceback" not in err


@pytest.mark.parametrize("url", [
    "http:x", "http://", "http://me:hunter2@host:9200", "http://me:hunter2@host:port/site", "https://me:hunter2@host/Site",
    "https://me:hunter2@host/site?ca=nowhere.crt",
])
def test_an_address_that_cannot_be_is_refused_without_showing_it(datamo: Speak, url: str) -> None:  # noqa: F811
    code, out, err = datamo("init", "--lang", "en", search_url=url)
    assert (code, out) == (3, "")
    assert err.startswith("DATAMO_SEARCH_URL ")
    assert err.endswith("http://host:9200/prefix.\n")
    assert "hunter2" not in err


def test_an_address_with_a_password_and_a_key_besides_is_refused(datamo: Speak) -> None:  # noqa: F811
    code, _, err = datamo("init", search_url="http://me:pw@host/site", search_key="abc")
    assert code == 3
    assert "DATAMO_SEARCH_KEY" in err


def test_a_site_on_elasticsearch_is_prepared_indexed_and_verified(
    datamo: Speak, elastic: Node, elastic_prefix: str, tmp_path: Path,  # noqa: F811
) -> None:
    url = f"{elastic.url}/{elastic_prefix}"
    assert datamo("init", search_url=url)[0] == 0
    assert not (tmp_path / "var" / "search").exists()
    assert document(datamo("reindex", "--json", search_url=url)[1]) == {"indexed": 0}
    assert document(datamo("reindex", "--json", search_url=url)[1]) == {"indexed": 0}
    code, out, _ = datamo("reindex", "--back", "--json", search_url=url)
    assert (code, document(out)["index"].startswith(f"{elastic_prefix}.v{mapping.FORMAT}.")) == (0, True)
    assert document(datamo("verify", "--deep", "--json", search_url=url)[1]) == {"ok": True, "broken": []}


def test_there_is_no_way_back_to_an_index_that_nobody_kept(datamo: Speak, elastic: Node, elastic_prefix: str) -> None:  # noqa: F811
    assert datamo("reindex", "--back")[0] == 1
    code, out, _ = datamo("reindex", "--back", "--json", search_url=f"{elastic.url}/{elastic_prefix}")
    assert (code, document(out)["error"]["code"]) == (3, "search-missing")
