"""The article's Flask app as a function: its routes and its model, at Lambda's Runtime API.

The article deploys it with a plugin of Serverless; what that does for one event is done here, by WSGI and
the standard library: events of API Gateway become requests, and responses become answers.
"""

import io
import json
import os
import sys
import urllib.request

from flask import Flask, jsonify, request
from transformers import pipeline

app = Flask(__name__)
generator = pipeline("text-generation", model=os.environ["MODEL"])


@app.post("/generate")
def generate():
    prompt = request.json.get("prompt")
    if not prompt:
        return jsonify(error="Prompt is required"), 400
    answer = generator(prompt, max_length=request.json.get("max_length", 150), num_return_sequences=1)
    return jsonify(generated_text=answer[0]["generated_text"])


def answer(event):
    body = (event["body"] or "").encode()
    environ = {
        "REQUEST_METHOD": event["httpMethod"], "SCRIPT_NAME": "", "PATH_INFO": event["path"], "QUERY_STRING": "",
        "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(body)), "SERVER_NAME": "lambda",
        "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.version": (1, 0), "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body), "wsgi.errors": sys.stderr, "wsgi.multithread": False,
        "wsgi.multiprocess": False, "wsgi.run_once": False,
    }  # fmt: skip
    head = {}

    def start(status, headers, _=None):
        head.update(statusCode=int(status.split()[0]), multiValueHeaders={name: [value] for name, value in headers})

    content = b"".join(app.wsgi_app(environ, start)).decode()
    return head | {"body": content, "isBase64Encoded": False}


def main():
    api = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
    while True:
        with urllib.request.urlopen(f"{api}/next") as event:
            name, asked = event.headers["Lambda-Runtime-Aws-Request-Id"], json.load(event)
        urllib.request.urlopen(f"{api}/{name}/response", json.dumps(answer(asked)).encode()).close()


main()
