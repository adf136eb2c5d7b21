"""Prompts whose texts can be told in part, because they repeat what was there before or have a schema, and some whose
texts cannot."""

import json
import random

PARAGRAPHS = [
    "The harbour was quiet when Marta came down the hill with the letters under her arm. Most of the boats had left "
    "before sunrise, and the few that remained were tied up for repairs. She stopped at the bakery, where the owner "
    "was putting loaves on the shelf, and asked whether the ferry had arrived.",
    "Our train reached the northern station shortly before noon, and the passengers stepped onto a platform covered "
    "with snow. A porter carried the heavy cases to the gate, while two children counted the red lamps along the wall. "
    "Nobody knew when the next train would leave, because the bridge was still closed.",
    "The old library stands behind the market, between a chemist and a shop that sells clocks. Its reading room has "
    "eleven long tables, a green carpet and a stove that is lit from October to April. Every morning the librarian "
    "opens the windows, sorts the newspapers and waters the plants on the sill.",
]
# The word of each that is replaced, and by what.
CHANGES = [("boats", "ships"), ("heavy", "light"), ("green", "yellow")]
NAMES = ["Ann", "Bob", "Eva", "Tom", "Kim", "Sam"]
CITIES = ["Oslo", "Lisbon", "Vienna"]
PEOPLE = {
    "type": "array",
    "minItems": 6,
    "maxItems": 6,
    "items": {
        "type": "object",
        "properties": {
            "first_name": {"type": "string", "maxLength": 20},
            "age": {"type": "integer", "minimum": 18, "maximum": 99},
            "home_town": {"type": "string", "maxLength": 20},
            "languages": {"type": "array", "items": {"enum": ["English", "Norwegian", "German"]}, "maxItems": 2},
        },
        "required": ["first_name", "age", "home_town", "languages"],
    },
}
BEGINNINGS = [
    "The history of the city begins with a small fort on a hill above the river.",
    "My grandmother used to tell us a story about the winter of the great snow.",
    "The most important thing to know about bees is that",
]


def rewriting(number):
    paragraph, (old, new) = PARAGRAPHS[number % 3], CHANGES[number % 3]
    begun = paragraph.split(old)[0] + new
    return f"Text: {paragraph} Copy: {paragraph} Copy with the word {new} instead of {old}: {begun}"


def quotes(number):
    paragraph = PARAGRAPHS[number % 3]
    quoted = " ".join(f'{place}. "{text}."' for place, text in enumerate(paragraph.rstrip(".").split(". "), 1))
    return f'{paragraph} Quotes from the text: {quoted} Quotes from the text again: 1. "'


def json_objects(number):
    people = ", ".join(person(name) for name in random.sample(NAMES, 3))
    return f'People as JSON: [{people}, {{"name": "Max", "age":'


def json_by_a_schema(number):
    return f"The six people who live in {CITIES[number % 3]}, as a JSON array: "


def person(name):
    return f'{{"name": "{name}", "age": {random.randint(20, 60)}, "city": "Oslo", "languages": ["English"]}}'


def prose(number):
    return BEGINNINGS[number % 3]


KINDS = {
    "rewriting": rewriting,
    "quotes": quotes,
    "JSON": json_objects,
    "JSON by a schema": json_by_a_schema,
    "prose": prose,
}
SCHEMAS = {"JSON by a schema": json.dumps(PEOPLE)}


def prompts(kind, count):
    """Prompts of a kind; each begins differently, so that none is cached."""
    return [f"({random.randint(1000, 9999)}) {KINDS[kind](number)}" for number in range(count)]
