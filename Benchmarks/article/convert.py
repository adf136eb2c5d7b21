"""convert.py GGUF FOLDER: makes the folder that transformers load the model of a GGUF file from."""

import sys
from pathlib import Path

from transformers import AutoModelForCausalLM, AutoTokenizer

gguf, folder = map(Path, sys.argv[1:])
AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name).save_pretrained(folder)
model = AutoModelForCausalLM.from_pretrained(gguf.parent, gguf_file=gguf.name)
# The weights are plain numbers now, but transformers save no model that says it is quantized.
del model.config.quantization_config
plain = type(model)(model.config)
plain.load_state_dict(model.state_dict())
plain.save_pretrained(folder)
