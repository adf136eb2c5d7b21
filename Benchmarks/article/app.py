"""A language model behind Flask, as articles build it: transformers, PyJWT, a row for each request.

The environment has MODEL, a folder that transformers load; SECRET_KEY; and DATABASE, a file.
"""

import os
import sqlite3
from datetime import datetime, timezone
from threading import Thread

import jwt
from flask import Flask, Response, jsonify, request
from transformers import AutoModelForCausalLM, AutoTokenizer, TextIteratorStreamer

app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]

tokenizer = AutoTokenizer.from_pretrained(os.environ["MODEL"])
model = AutoModelForCausalLM.from_pretrained(os.environ["MODEL"])


def database():
    return sqlite3.connect(os.environ["DATABASE"], timeout=60)


with database() as connection:
    connection.execute(
        "CREATE TABLE IF NOT EXISTS logs (user_id TEXT, prompt TEXT, response TEXT, timestamp TEXT)"
    )


@app.post("/secure_generate")
def secure_generate():
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token:
        return jsonify(message="Token is missing!"), 401
    try:
        user_id = jwt.decode(token, app.config["SECRET_KEY"], algorithms=["HS256"])["user_id"]
    except (jwt.InvalidTokenError, KeyError):
        return jsonify(message="Token is invalid!"), 401
    prompt = request.json.get("prompt")
    if not prompt:
        return jsonify(message="Prompt is required"), 400

    inputs = tokenizer(prompt, return_tensors="pt")
    streamer = TextIteratorStreamer(tokenizer, skip_prompt=True, skip_special_tokens=True)
    options = {"max_new_tokens": request.json.get("max_tokens", 150), "streamer": streamer}
    Thread(target=model.generate, kwargs={**inputs, **options}).start()

    def stream():
        response = ""
        for text in streamer:
            response += text
            yield text
        with database() as connection:
            now = datetime.now(timezone.utc).isoformat()
            connection.execute("INSERT INTO logs VALUES (?, ?, ?, ?)", (user_id, prompt, response, now))

    return Response(stream(), mimetype="text/plain")


if __name__ == "__main__":
    app.run(port=0)
