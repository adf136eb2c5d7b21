"""Prints what transformers makes of conversations with each of llama.cpp's chat templates.

    render.py FOLDER

The set-up of Jinja and the variables are those of `apply_chat_template` in transformers 4.57
(utils/chat_template_utils.py), which needs no model for that. `enable_thinking` is given, as
Tokenwire does by default. Arguments of calls are objects, and JSON where a template cannot take
objects: it says what it takes.

The texts have `<strftime FORMAT>` where a date belongs.
"""

import copy
import json
import sys
from pathlib import Path

import jinja2
import jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from conversations import CONVERSATIONS

BOS, EOS = "<s>", "</s>"


class Generation(jinja2.ext.Extension):
    """`{% generation %}`, which marks what a model is trained on, and is not seen otherwise."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_render"), [], [], body).set_lineno(line)

    def _render(self, caller):
        return caller()


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(
        value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys
    )


def compiled(source):
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[Generation, jinja2.ext.loopcontrols],
    )
    environment.filters["tojson"] = tojson
    environment.globals["raise_exception"] = raise_exception
    environment.globals["strftime_now"] = lambda form: f"<strftime {form}>"
    return environment.from_string(source)


def continued(text, message):
    """The text up to the end of its last message, as `continue_final_message` has it."""
    final = message["content"]
    if final.strip() not in text:
        raise ValueError("the final message is not in the text")
    end = text.rindex(final.strip())
    if text[end : end + len(final.lstrip())] == final:
        return text[: end + len(final.lstrip())]
    return text[: end + len(final.strip())]


def rendered(template, conversation):
    continues = conversation.get("continues", False)
    text = template.render(
        messages=conversation["messages"],
        tools=conversation.get("tools"),
        documents=None,
        add_generation_prompt=not continues,
        enable_thinking=True,
        bos_token=BOS,
        eos_token=EOS,
    )
    return continued(text, conversation["messages"][-1]) if continues else text


def with_texts_of_arguments(conversation):
    """Arguments as JSON, as in OpenAI's API."""
    conversation = copy.deepcopy(conversation)
    for message in conversation["messages"]:
        for call in message.get("tool_calls", []):
            arguments = call["function"]["arguments"]
            call["function"]["arguments"] = json.dumps(arguments, ensure_ascii=False)
    return conversation


def expected(template, conversation):
    """The text; or an error, of which nothing else is said."""
    try:
        text = rendered(template, conversation)
        # Python's own form of an object, which no model was trained with.
        if "{'city'" not in text:
            return {"text": text}
    except (jinja2.exceptions.TemplateError, TypeError, ValueError, AttributeError):
        pass
    try:
        return {"text": rendered(template, with_texts_of_arguments(conversation))}
    except (jinja2.exceptions.TemplateError, TypeError, ValueError, AttributeError) as error:
        return {"error": str(error)}


def with_texts_of_parameters(conversation):
    """Parameters, too, as Tokenwire takes them: the order of their members would get lost."""
    conversation = with_texts_of_arguments(conversation)
    for tool in conversation.get("tools", []):
        function = tool["function"]
        function["parameters"] = json.dumps(function["parameters"], ensure_ascii=False)
    return conversation


def main():
    templates = {}
    for path in sorted(Path(sys.argv[1]).glob("*.jinja")):
        template = compiled(path.read_text())
        templates[path.stem] = {
            name: expected(template, conversation) for name, conversation in CONVERSATIONS.items()
        }
    conversations = {
        name: with_texts_of_parameters(conversation) for name, conversation in CONVERSATIONS.items()
    }
    whole = {"conversations": conversations, "templates": templates}
    print(json.dumps(whole, ensure_ascii=False, indent=1))


main()
