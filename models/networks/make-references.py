"""Writes references/<network>.json: what the TFLite interpreter says of the reference input.

It is another implementation than ours (converter and onnxruntime), so that agreement means something.
    pip install ai-edge-litert==2.3.0 numpy
    python models/networks/make-references.py
"""

import json
from importlib.metadata import version
from math import gcd
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

FOLDER = Path(__file__).parent
PACKAGES = FOLDER.parent.parent / "node_modules"
BLOCK_PIXELS = 16
SAMPLES = 64


def reference_input(width: int, height: int) -> np.ndarray:
    """Bytes [height, width, 3]; the rule is in reference-input.ts."""
    columns, rows = -(-width // BLOCK_PIXELS), -(-height // BLOCK_PIXELS)
    state, values = 1, []
    for _ in range(rows * columns * 3):
        state = (state * 1_664_525 + 1_013_904_223) % 2**32
        values.append(state >> 24)
    blocks = np.array(values, np.uint8).reshape(rows, columns, 3)
    return blocks.repeat(BLOCK_PIXELS, 0).repeat(BLOCK_PIXELS, 1)[:height, :width]


def summary(values: np.ndarray) -> dict:
    flat = values.astype(np.float64).reshape(-1)
    every = -(-len(flat) // SAMPLES)
    while gcd(every, len(flat)) != 1:  # else it would pick the same coordinate of every box or joint
        every += 1
    return {
        "length": len(flat),
        "mean": float(flat.mean()),
        "rms": float(np.sqrt((flat**2).mean())),
        "every": every,
        "samples": [float(f"{value:.7g}") for value in flat[::every]],
    }


def reference(manifest: dict) -> dict:
    source, picture = manifest["source"], manifest["input"]
    data = (PACKAGES / source["package"] / source["file"]).read_bytes()
    # Without delegates: the interpreter's own kernels, in single precision.
    interpreter = Interpreter(
        model_content=data[source["fromByte"] : source["toByte"]],
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    interpreter.allocate_tensors()
    pixels = reference_input(picture["width"], picture["height"]).astype(np.float32)
    normalised = pixels * np.float32(picture["scale"]) + np.float32(picture["offset"])
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], normalised[None])
    interpreter.invoke()
    tensors = {detail["name"]: detail["index"] for detail in interpreter.get_output_details()}
    return {
        "madeWith": f"ai-edge-litert {version('ai-edge-litert')}, builtin kernels",
        "outputs": {
            output["name"]: summary(interpreter.get_tensor(tensors[output["tensor"]])) for output in manifest["outputs"]
        },
    }


for path in sorted(FOLDER.glob("*.json")):
    text = json.dumps(reference(json.loads(path.read_text())), indent=2)
    (FOLDER / "references" / path.name).write_text(text + "\n")
