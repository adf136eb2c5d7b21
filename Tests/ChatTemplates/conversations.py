"""Conversations that every template renders, in the form that transformers takes.

Some texts have that of a control token of the vocabulary that the tests render with, or a part.
"""

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Tells the weather; \"it's\" <b>now</b> & in Grüßen. </s>",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": "Such as 東京"},
                "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
                "days": {"type": "integer", "minimum": 1},
            },
            "required": ["city"],
        },
    },
}
TIME = {
    "type": "function",
    "function": {
        "name": "get_time",
        "description": "Tells the time.",
        "parameters": {"type": "object", "properties": {"zone": {"type": "string"}}},
    },
}


def call(number, name, arguments):
    return {
        "type": "function",
        "id": f"call0000{number}",
        "function": {"name": name, "arguments": arguments},
    }


def result(number, name, content):
    return {"role": "tool", "tool_call_id": f"call0000{number}", "name": name, "content": content}


SYSTEM = {"role": "system", "content": "Be kind."}
QUESTION = {"role": "user", "content": "Wie ist's in \"Köln\"? <b>&</b>"}
PARIS = call(1, "get_weather", {"city": "Paris", "unit": "celsius", "days": 2})
RAIN = result(1, "get_weather", '{"sky": "rain", "degrees": 9.5}')

CONVERSATIONS = {
    "user": {"messages": [QUESTION]},
    "system": {"messages": [SYSTEM, QUESTION]},
    "turns": {
        "messages": [
            SYSTEM,
            {"role": "user", "content": "  Hi\n"},
            {"role": "assistant", "content": "Hello.\n\nHow are you? "},
            {"role": "user", "content": "s> Well. <s> <"},
            {"role": "assistant", "content": "Good."},
            QUESTION,
        ]
    },
    "thinking": {
        "messages": [
            {"role": "user", "content": "Is 7 prime?"},
            {"role": "assistant", "reasoning_content": "No divisors.", "content": "Yes."},
            {"role": "user", "content": "And 8?"},
        ]
    },
    "tools": {"messages": [SYSTEM, QUESTION], "tools": [WEATHER, TIME]},
    "call": {
        "messages": [
            QUESTION,
            {"role": "assistant", "content": "", "tool_calls": [PARIS]},
            RAIN,
        ],
        "tools": [WEATHER],
    },
    "calls": {
        "messages": [
            SYSTEM,
            QUESTION,
            {
                "role": "assistant",
                "reasoning_content": "I need both.",
                "content": "",
                "tool_calls": [PARIS, call(2, "get_time", {"zone": "Europe/Paris"})],
            },
            RAIN,
            result(2, "get_time", "12:30"),
            {"role": "assistant", "content": "Rain at half past twelve."},
            {"role": "user", "content": "Thanks!"},
        ],
        "tools": [WEATHER, TIME],
    },
    "continued": {
        "messages": [QUESTION, {"role": "assistant", "content": "It is rather"}],
        "continues": True,
    },
}
