"""What an operator starts from: image, compose file, chart and nginx are complete, name real settings and hold no secret."""

from __future__ import annotations

import http.client
import json
import re
import socket
import subprocess
from pathlib import Path

import pytest
import yaml

from api.cli import run
from api.messages import refusals
from api.settings import Settings
from infra.cluster import door
from infra.cluster.ports import free_ports
from tests.chart import Chart
from tests.conftest import missing

ROOT = Path(__file__).resolve().parent.parent
INFRA = ROOT / "infra"
CHART = INFRA / "helm" / "datamo"
SETTINGS = {f"DATAMO_{name.upper()}" for name in Settings.model_fields} | {"DATAMO_TAG"}
LINES = (INFRA / "Dockerfile").read_text().splitlines()
COMPOSE = yaml.safe_load((INFRA / "compose.yaml").read_text())
OPERATED = [INFRA / "compose.yaml", INFRA / "env.example", *sorted(CHART.rglob("*.*"))]


@pytest.mark.parametrize("path", OPERATED, ids=lambda path: path.name)
def test_every_setting_that_is_named_exists(path):
    named = set(re.findall(r"\bDATAMO_[A-Z_]+\b", path.read_text()))
    assert named <= SETTINGS


def test_the_image_runs_as_nobody_in_particular_and_installs_only_what_is_locked():
    users = [line.split()[1] for line in LINES if line.startswith("USER")]
    assert users
    assert users[-1].split(":")[0] not in {"root", "0"}
    installs = [line for line in "\n".join(LINES).replace("\\\n", " ").splitlines() if "pip install" in line]
    assert installs
    for line in installs:
        for command in re.split(r"&&", line):
            if "pip install" in command:
                assert "--require-hashes" in command or "--no-deps" in command, command
    froms = [line.split()[1] for line in LINES if line.startswith("FROM")]
    assert all(":" in one and not one.endswith(":latest") for one in froms)
    assert not [line for line in LINES if line.startswith("ADD")]


def test_the_image_takes_all_that_the_package_needs_and_the_builder_gets_nothing_else():
    copied = {one for line in LINES if line.startswith("COPY ") and "--from" not in line for one in line.split()[1:-1]}
    for one in copied:
        assert (ROOT / one).exists(), one
    assert {"api", "catalog", "pipelines", "standards", "infra/migrations", "pyproject.toml"} <= copied
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert (ROOT / ".dockerignore").read_text().splitlines()[1] == "*"
    assert all(any(one == two or one.startswith(f"{two}/") for two in allowed) for one in copied)


def test_the_site_of_the_compose_file_has_every_part_and_waits_for_it():
    services = COMPOSE["services"]
    assert set(services) == {"nginx", "prepare", "web", "worker", "postgres", "seaweedfs", "bucket", "elasticsearch"}
    assert services["web"]["deploy"]["replicas"] == services["worker"]["deploy"]["replicas"] == 2
    for name, service in services.items():
        waited = service.get("depends_on", {})
        assert set(waited) <= set(services), name
        for one, how in waited.items():
            healthy = how["condition"] == "service_healthy"
            assert not healthy or "test" in services[one].get("healthcheck", {}) or one == "web", (name, one)
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (INFRA / source).exists() if source.startswith(".") else source in COMPOSE["volumes"], volume


def test_only_the_door_can_be_reached_from_outside():
    published = [name for name, service in COMPOSE["services"].items() if "ports" in service]
    assert published == ["nginx"]
    assert [name for name, service in COMPOSE["services"].items() if "outside" in service["networks"]] == ["nginx"]
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_datamos_own_containers_can_write_only_where_they_must():
    for name in ("prepare", "web", "worker"):
        service = COMPOSE["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("path", OPERATED, ids=lambda path: path.name)
def test_no_secret_stands_in_a_file(path):
    for line in path.read_text().splitlines():
        found = re.match(r"\s*(?:-\s*)?[A-Z_]*(?:PASSWORD|SECRET|ACCESS_KEY|ACCESS_KEY_ID|SEARCH_KEY)\s*[=:]\s*(.*)", line)
        assert not found or not found[1] or found[1].startswith("${"), line


def test_the_door_hands_on_what_the_site_needs(tmp_path):
    if door.binary() is None:
        missing("nginx", "it is not installed")
    path = door.config(tmp_path, 8080, [8000, 8001])
    said = subprocess.run([str(door.binary()), "-t", "-c", str(path), "-p", str(tmp_path)], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    with pytest.raises(KeyError):
        door.config(tmp_path, 8080, [8000], {"a_directive_that_is_not_there": "1s"})


LONG = "x" * 20_000
REFUSED_AT_THE_DOOR = {
    "address": (414, "address-too-long", lambda at: f"GET {at}?q={LONG} HTTP/1.1\r\nHost: x\r\n\r\n"),
    "headers": (431, "headers-too-long", lambda at: f"GET {at} HTTP/1.1\r\nHost: x\r\nCookie: {LONG}\r\n\r\n"),
    "no host": (400, "bad-request", lambda at: f"GET {at} HTTP/1.1\r\nConnection: close\r\n\r\n"),
    "body": (413, "too-large", lambda at: f"POST {at} HTTP/1.1\r\nHost: x\r\nContent-Length: 20000\r\n\r\n{LONG}"),
    "nobody there": (503, "unavailable", lambda at: f"GET {at} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
}


@pytest.fixture(scope="module")
def lonely_door(tmp_path_factory):
    """nginx with nobody behind it."""
    if door.binary() is None:
        missing("nginx", "it is not installed")
    listens, nobody = free_ports(2)
    path = door.config(tmp_path_factory.mktemp("door"), listens, [nobody], {"client_max_body_size": "1k"})
    with subprocess.Popen(door.command(path), stderr=subprocess.DEVNULL) as running:
        try:
            while running.poll() is None and not _listens(listens):
                pass
            yield listens
        finally:
            running.terminate()


def _listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def _told(port: int, request: str) -> tuple[int, dict[str, str], str]:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(request.encode())
        answer = http.client.HTTPResponse(line)
        answer.begin()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, headers, answer.read().decode()


@pytest.mark.parametrize(("status", "code", "request_to"), REFUSED_AT_THE_DOOR.values(), ids=REFUSED_AT_THE_DOOR.keys())
def test_the_door_refuses_in_the_shape_of_what_was_asked(lonely_door, status, code, request_to):
    told, headers, body = _told(lonely_door, request_to("/api/v1/datasets"))
    problem = json.loads(body)
    assert (told, headers["content-type"], headers["cache-control"]) == (status, "application/problem+json", "no-store")
    assert problem == {"type": "about:blank", "status": status, "code": code, "title": refusals.title(status, "vi"),
                       "detail": problem["detail"]}
    assert (headers.get("retry-after") is not None) is (status == 503)
    for at in ("/api/3/action/package_search", "/api/action/package_search"):
        told, headers, body = _told(lonely_door, request_to(at))
        envelope = json.loads(body)
        assert (told, headers["content-type"]) == (status, "application/json;charset=utf-8")
        assert envelope["help"].endswith("/api/3/action/help_show?name=package_search")
        assert envelope["success"] is False
        assert envelope["error"]["__type"] == "Service Error"
        assert envelope["error"]["message"]
    told, headers, body = _told(lonely_door, request_to("/datasets"))
    assert (told, headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert 'lang="vi"' in body
    assert 'lang="en"' in body
    assert "nginx" not in body


@pytest.mark.parametrize(("status", "code"), [(414, "address-too-long"), (431, "headers-too-long"), (400, "bad-request"), (503, "unavailable")])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_door_says_what_the_api_would_say(lonely_door, status, code, language):
    """The word of a language has to come before what is too long: behind it nginx reads nothing."""
    line = "GET /api/v1/datasets HTTP/1.1" if status != 414 else f"GET /api/v1/datasets?q={LONG} HTTP/1.1"
    rest = {431: f"Host: x\r\nCookie: {LONG}\r\n", 400: "Connection: close\r\n"}.get(status, "Host: x\r\nConnection: close\r\n")
    _, headers, body = _told(lonely_door, f"{line}\r\nAccept-Language: {language}\r\n{rest}\r\n")
    heard = "vi" if status == 414 else language
    assert headers["content-language"] == heard
    assert json.loads(body)["title"] == refusals.title(status, heard)
    assert json.loads(body)["detail"] == refusals.sentence(code, {}, heard, status=status)


def test_no_word_of_an_address_gets_into_what_the_door_says(lonely_door):
    _, _, body = _told(lonely_door, f'GET /api/3/action/"<b>{LONG} HTTP/1.1\r\nHost: x\r\n\r\n')
    assert json.loads(body)["help"] == "/api/3/action/help_show?name="


def test_every_value_of_the_chart_is_used_and_every_one_used_is_there():
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    templates = "\n".join(path.read_text() for path in (CHART / "templates").iterdir())

    def leaves(node, at=""):
        for name, value in node.items():
            if isinstance(value, dict) and name != "resources":
                yield from leaves(value, f"{at}.{name}")
            else:
                yield f"{at}.{name}"

    there = set(leaves(values))
    used = set(re.findall(r"\.Values((?:\.\w+)+)", templates))
    assert used == there


def test_the_chart_is_of_this_version():
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert f'version = "{chart["appVersion"]}"' in (ROOT / "pyproject.toml").read_text()


def test_braces_of_the_charts_templates_are_closed_and_every_block_ends():
    for path in (CHART / "templates").iterdir():
        text = path.read_text()
        assert "{{" not in re.sub(r"{{.*?}}", "-", text), path.name
        opened = len(re.findall(r"{{-?\s*(?:if|with|range|define|block)\b", text))
        assert opened == len(re.findall(r"{{-?\s*end\b", text)), path.name


DRAWN = {"as it is": {}, "with an ingress": {"ingress.enabled": True, "ingress.tlsSecret": "tls"}, "of another tag": {"image.tag": "9.9.9"}}


@pytest.fixture(params=DRAWN.values(), ids=DRAWN.keys())
def drawn(request) -> list[dict]:
    return Chart(CHART, request.param).objects()


def pods(objects: list[dict]) -> dict[str, dict]:
    return {one["metadata"]["name"]: one["spec"]["template"] for one in objects if one["kind"] in ("Deployment", "Job")}


def test_every_object_of_the_chart_is_whole_and_named_once(drawn):
    kinds = {"ConfigMap", "Job", "Deployment", "PodDisruptionBudget", "Service", "Ingress"}
    names = [(one["apiVersion"], one["kind"], one["metadata"]["name"]) for one in drawn]
    assert {kind for _, kind, _ in names} >= kinds - {"Ingress"}
    assert {kind for _, kind, _ in names} <= kinds
    assert len(set(names)) == len(names)
    assert set(pods(drawn)) == {"town-datamo-web", "town-datamo-worker", "town-datamo-migrate"}


def test_what_objects_of_the_chart_say_of_each_other_is_so(drawn):
    labels = [one["metadata"]["labels"].items() for one in pods(drawn).values()]
    settings = {one["metadata"]["name"]: one["data"] for one in drawn if one["kind"] == "ConfigMap"}
    services = {one["metadata"]["name"]: {port["name"] for port in one["spec"]["ports"]} for one in drawn if one["kind"] == "Service"}
    for one in drawn:
        selector = one["spec"].get("selector", {}) if "spec" in one else {}
        if selector:
            assert sum(selector.get("matchLabels", selector).items() <= pod for pod in labels) == 1, one["metadata"]["name"]
    for pod in pods(drawn).values():
        [container] = pod["spec"]["containers"]
        ports = {port["name"] for port in container.get("ports", ())}
        assert {probe["httpGet"]["port"] for name, probe in container.items() if name.endswith("Probe")} <= ports
        assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in pod["spec"]["volumes"]}
        assert container["envFrom"][0]["configMapRef"]["name"] in settings
        assert all(isinstance(value, str) for data in settings.values() for value in data.values())
    for one in drawn:
        if one["kind"] == "Ingress":
            asked = one["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
            assert asked["port"]["name"] in services[asked["name"]]


def test_the_charts_containers_run_our_commands_as_nobody_and_write_only_where_they_must(capsys):
    for name, pod in pods(Chart(CHART).objects()).items():
        [container] = pod["spec"]["containers"]
        assert pod["spec"]["securityContext"]["runAsNonRoot"] is True, name
        assert container["securityContext"] == {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                                                "capabilities": {"drop": ["ALL"]}}
        verb, *words = container["args"]
        assert run([verb, "--help"]) == 0
        told = capsys.readouterr().out
        assert [word for word in words if word.startswith("--") and word not in told] == []
