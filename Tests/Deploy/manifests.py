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

# Liveness is no matter of health, which fails while it loads, and while it stops.
PATHS = {"startupProbe": "/health", "readinessProbe": "/health", "livenessProbe": "/metrics"}

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
    # Where a server that is full answers, also one with TLS.
    assert container[probe]["httpGet"].items() <= {"port": metrics["name"], "path": PATHS[probe]}.items()
startup = container["startupProbe"]
assert deployment["progressDeadlineSeconds"] > startup["periodSeconds"] * startup["failureThreshold"], (
    "a rollout waits for the probe"
)

wait = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
grace = int(settings["shutdownGracePeriod"].removesuffix("s"))
assert pod["spec"]["terminationGracePeriodSeconds"] >= wait + grace + 10, "calls have time to end"
readiness = container["readinessProbe"]
assert wait >= readiness["periodSeconds"], "the service has heard of it"

mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
assert all(str(Path(model).parent) in mounts for model in settings["model"])
budget = documents["disruption-budget.yaml"]["spec"]["maxUnavailable"]
assert budget < documents["autoscaler.yaml"]["spec"]["minReplicas"], "one pod stays"


def patch(component):
    """A component's patch of the deployment, and what its container then has."""
    folder = FOLDER.parent / f"kubernetes-{component}"
    kustomization = yaml.safe_load((folder / "kustomization.yaml").read_text())
    assert kustomization["kind"] == "Component"
    assert {one["path"] for one in kustomization["patches"]} == {
        path.name for path in folder.glob("*.yaml")
    } - {"kustomization.yaml"}, "each file is a patch"
    spec = yaml.safe_load((folder / "deployment.yaml").read_text())["spec"]["template"]["spec"]
    (patched,) = spec["containers"]
    assert patched["name"] == container["name"]
    mounted = {mount["name"]: mount["mountPath"] for mount in patched["volumeMounts"]}
    assert set(mounted) == {volume["name"] for volume in spec["volumes"]}
    for volume in spec["volumes"]:
        # Keys that others may read are refused; those of root's group alone could not be read.
        assert volume.get("secret", {}).get("defaultMode", 0o440) == 0o440
    return patched, {item["name"]: item["value"] for item in patched["env"]}, mounted


assert pod["spec"]["securityContext"]["fsGroup"] == pod["spec"]["securityContext"]["runAsGroup"]
_, variables, mounted = patch("keys")
assert str(Path(variables["TOKENWIRE_KEY_FILE"]).parent) == mounted["keys"]
assert str(Path(variables["TOKENWIRE_REVOCATION_FILE"]).parent) == mounted["revocations"], "where it may write"
patched, variables, mounted = patch("tls")
assert patched["args"] == [one for one in arguments if one != "--insecure"]
for name in ("TOKENWIRE_TLS_CERTIFICATE", "TOKENWIRE_TLS_KEY"):
    assert str(Path(variables[name]).parent) == mounted["tls"]
print("manifests: selectors, ports, paths and times fit each other")
