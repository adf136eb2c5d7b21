"""Events as API Gateway and load balancers make them of requests, by sam's own code."""

import json as json_module
from pathlib import Path

import yaml
from flask import Flask, request
from samcli.lib.generated_sample_events.events import Events
from samcli.local.apigw.event_constructor import construct_v1_event, construct_v2_event_http

# The article's two resources, `ANY /` and `/{proxy+}`.
app = Flask("gateway")
METHODS = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"]
for rule in ["/", "/<path:proxy>"]:
    app.add_url_rule(rule, endpoint=rule, view_func=lambda **_: "", methods=METHODS)
# As the templates have it.
SERVERLESS = Path(__file__).parent.parent.parent / "deploy/lambda/serverless.yml"
BINARY = yaml.safe_load(SERVERLESS.read_text())["provider"]["apiGateway"]["binaryMediaTypes"]


def rest_api(method, path, **options):
    """The event of a REST API."""
    with app.test_request_context(path, method=method, **options):
        return construct_v1_event(request, 3000, BINARY, stage_name="dev")


def http_api(method, path, **options):
    """The event of an HTTP API; those of function URLs are alike."""
    with app.test_request_context(path, method=method, **options):
        return construct_v2_event_http(request, 3000, BINARY, stage_name="$default", route_key="$default")


def load_balancer(method, path, json=None, headers=(), query=(), lists=False):
    """The event of an Application Load Balancer, whose query is as it was sent."""
    body = "" if json is None else json_module.dumps(json)
    values = {"account_id": "123456789012", "dns_suffix": "us-east-2.elb.amazonaws.com", "body": body}
    event = json_module.loads(
        Events().generate_event("alb", "request", values | {"method": method, "path": path.removeprefix("/")})
    )
    fields = event.pop("headers") | {"content-type": "application/json"} | dict(headers)
    query = dict(query)
    del event["queryStringParameters"]
    if lists:
        event["multiValueHeaders"] = {name: [value] for name, value in fields.items()}
        event["multiValueQueryStringParameters"] = {name: [value] for name, value in query.items()}
    else:
        event |= {"headers": fields, "queryStringParameters": query}
    return event
