"""What deploy/kubernetes-monitoring scales by is what a server tells."""

import re
import urllib.request
from pathlib import Path

import yaml

from manager import Service, listening_socket

FOLDER = Path(__file__).parent.parent.parent / "deploy/kubernetes-monitoring"


def rules():
    return yaml.safe_load((FOLDER / "adapter-values.yaml").read_text())["rules"]["custom"]


def test_a_server_tells_what_the_adapter_reads():
    with listening_socket() as sock:
        address = f"127.0.0.1:{sock.getsockname()[1]}"
    with Service("--listen", "127.0.0.1:0", "--metrics-listen", address) as service:
        service.wait_until_ready()
        with urllib.request.urlopen(f"http://{address}/metrics") as answer:
            told = set(re.findall(r"^(\w+)(?:\{| )", answer.read().decode(), re.M))
        assert service.stop()[0] == 0
    assert {rule["seriesQuery"].split("{")[0] for rule in rules()} <= told


def test_the_adapter_offers_what_the_autoscaler_asks_for():
    offered = set()
    for rule in rules():
        name = rule["seriesQuery"].split("{")[0]
        renaming = rule.get("name", {"matches": "^(.*)$", "as": "${1}"})
        offered.add(re.sub(renaming["matches"], renaming["as"].replace("${1}", r"\1"), name))
    scaler = yaml.safe_load((FOLDER / "autoscaler.yaml").read_text())
    assert {metric["pods"]["metric"]["name"] for metric in scaler["spec"]["metrics"]} <= offered
    assert "tokenwire_tokens_generated_per_second" in offered
