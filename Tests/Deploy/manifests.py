"""What belongs together in the manifests, as no schema tells: manifests.py FOLDER"""

import json
import re
import sys
from pathlib import Path

import yaml

FOLDER = Path(sys.argv[1])
documents = {path.name: yaml.safe_load(path.read_text()) for path in FOLDER.glob("*.yaml")}
kustomization = documents.pop("kustomization.yaml")
assert sorted(kustomization["resources"]) == sorted(documents), "each file is a resource"

settings = json.loads((FOLDER / "server.json").read_text())
deployment = documents["deployment.yaml"]["spec"]
pod = deployment["template"]
labels = pod["metadata"]["labels"].items()
for kind, selector in {
    "deployment": deployment["selector"]["matchLabels"],
    "service": documents["service.yaml"]["spec"]["selector"],
    "budget": documents["disruption-budget.yaml"]["spec"]["selector"]["matchLabels"],
    "policy": documents["network-policy.yaml"]["spec"]["podSelector"]["matchLabels"],
}.items():
    assert selector.items() <= labels, f"the {kind} selects the pods"

(container,) = pod["spec"]["containers"]
port = container["ports"][0]
arguments = container["args"]
assert arguments[arguments.index("--listen") + 1].endswith(f":{port['containerPort']}")
# The image's variables would win.
dockerfile = (FOLDER.parent / "container/Dockerfile").read_text()
for name in settings:
    variable = "TOKENWIRE_" + re.sub("([A-Z])", r"_\1", name).upper()
    assert variable not in dockerfile, f"{name} is {variable} of the image"
assert settings["threads"] == int(container["resources"]["requests"]["cpu"]), "what the autoscaler counts in"
metrics = container["ports"][1]
assert settings["metricsListen"].endswith(f":{metrics['containerPort']}")
assert metrics["name"] == documents["service.yaml"]["spec"]["ports"][1]["targetPort"]
monitor = yaml.safe_load((FOLDER.parent / "kubernetes-monitoring/service-monitor.yaml").read_text())["spec"]
assert monitor["selector"]["matchLabels"].items() <= documents["service.yaml"]["metadata"]["labels"].items()
assert monitor["endpoints"][0]["port"] == documents["service.yaml"]["spec"]["ports"][1]["name"]
for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
    assert container[probe]["httpGet"]["port"] == port["name"]
assert container["livenessProbe"]["httpGet"]["path"] != "/health", "which fails while it loads, and while it stops"

wait = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
grace = int(settings["shutdownGracePeriod"].removesuffix("s"))
assert pod["spec"]["terminationGracePeriodSeconds"] >= wait + grace + 10, "calls have time to end"
readiness = container["readinessProbe"]
assert wait >= readiness["periodSeconds"], "the service has heard of it"

mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
assert all(str(Path(model).parent) in mounts for model in settings["model"])
budget = documents["disruption-budget.yaml"]["spec"]["maxUnavailable"]
assert budget < documents["autoscaler.yaml"]["spec"]["minReplicas"], "one pod stays"
print("manifests: selectors, ports, paths and times fit each other")
