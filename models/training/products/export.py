"""From a trained network to the files of models/products/: ONNX, its manifest's numbers, and what each precision costs.

python export.py --data ../../../../shared/data/grocery-store --work /somewhere --out ../../products
"""

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantType, quantize_static

import pictures
from network import FEATURES, EfficientNetLite


# Else it tells of each constant that it folds.
onnxruntime.set_default_logger_severity(3)


# Of the side, in the middle: see edge/inference/product-picture.ts.
SHARES = (1, 0.8, 0.6)


class Exported(torch.nn.Module):
    """Bytes as a picture has them, [n, side, side, 3], to logits and features of unit length; normalises inside. Looks
    at the picture and its mirror image and takes the mean."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, picture):
        x = pictures.normalised(picture.permute(0, 3, 1, 2))
        both = self.network(torch.cat([x, x.flip(3)]))
        logits, features = (part.reshape(2, -1, part.shape[1]).mean(0) for part in both)
        return logits, torch.nn.functional.normalize(features)


def loaded(work, name):
    """The averaged weights of a finished training, and the side of the pictures that it ended with."""
    trained = torch.load(Path(work) / "network.pt", weights_only=True)
    network = EfficientNetLite(name, trained["state"]["_fc.bias"].shape[0])
    network.load_state_dict(trained["state"])
    return network.eval(), trained["size"]


def write_single(network, size, path):
    """Single precision; the norms are folded into the convolutions."""
    picture = torch.zeros(1, size, size, 3, dtype=torch.uint8)
    torch.onnx.export(
        Exported(network),
        (picture,),
        str(path),
        input_names=["picture"],
        output_names=["logits", "features"],
        dynamic_axes={name: {0: "pictures"} for name in ("picture", "logits", "features")},
        opset_version=17,
        dynamo=False,
    )
    model = onnx.load(path)
    used = {name for node in model.graph.node for name in node.input}
    for tensor in [tensor for tensor in model.graph.initializer if tensor.name not in used]:
        model.graph.initializer.remove(tensor)
    onnx.save(model, path)


def write_half(single, path):
    """Weights kept in half precision and widened when the session is made: the arithmetic stays single."""
    model = onnx.load(single)
    graph = model.graph
    for tensor in [t for t in graph.initializer if t.data_type == TensorProto.FLOAT and np.prod(t.dims) > 1000]:
        half = numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), f"{tensor.name}_half")
        graph.initializer.remove(tensor)
        graph.initializer.append(half)
        graph.node.insert(0, helper.make_node("Cast", [half.name], [tensor.name], to=TensorProto.FLOAT))
    onnx.checker.check_model(model)
    onnx.save(model, path)


class Reader(CalibrationDataReader):
    """Training pictures, one at a time, evenly over the classes."""

    def __init__(self, pixels):
        self.rows = iter([{"picture": one.permute(1, 2, 0).unsqueeze(0).contiguous().numpy()} for one in pixels])

    def get_next(self):
        return next(self.rows, None)


def write_int8(single, path, pixels):
    """Static: weights int8 by channel, activations uint8 with ranges seen on `pixels`."""
    quantize_static(
        str(single),
        str(path),
        Reader(pixels),
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        calibrate_method=CalibrationMethod.MinMax,
        op_types_to_quantize=["Conv", "Add", "Clip", "Gemm"],
        extra_options={"ActivationSymmetric": False},
    )


def seen(path, pixels, size):
    """Logits and features of `pixels` [n, 3, 224, 224] as a store takes them: the mean over the views of
    edge/inference/product-picture.ts."""
    whole = pictures.resized(pixels, round(size / min(SHARES)))
    views = [run(path, pictures.resized(middle(whole, share), size)) for share in SHARES]
    logits, features = (torch.stack(part).mean(0) for part in zip(*views))
    return logits, torch.nn.functional.normalize(features)


def middle(pixels, share):
    side = pixels.shape[-1]
    part = round(share * side)
    start = (side - part) // 2
    return pixels[:, :, start : start + part, start : start + part]


def run(path, pixels, batch=32):
    """Logits and features of `pixels` by ONNX Runtime on one thread."""
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), settings, providers=["CPUExecutionProvider"])
    parts = [session.run(None, {"picture": part.permute(0, 2, 3, 1).contiguous().numpy()}) for part in pixels.split(batch)]
    return tuple(torch.from_numpy(np.concatenate([part[i] for part in parts])) for i in (0, 1))


def fitted_temperature(logits, fine):
    """The divisor of the logits with the least negative log-likelihood (Guo et al. 2017)."""
    divisors = torch.logspace(-2.5, 1, 700)
    losses = [torch.nn.functional.cross_entropy(logits / divisor, fine) for divisor in divisors]
    return float(divisors[int(torch.stack(losses).argmin())])


def own_means(features, fine):
    """Directions of the mean features of each class [classes, 1280]."""
    sums = torch.zeros(int(fine.max()) + 1, features.shape[1]).index_add_(0, fine, features)
    return torch.nn.functional.normalize(sums)


def few(fine, count):
    """Places of `count` pictures of each class, evenly over the list."""
    each = [(fine == one).nonzero().flatten() for one in range(int(fine.max()) + 1)]
    return torch.cat([index[torch.linspace(0, len(index) - 1, count).long()] for index in each])


def manifest(options, size, path, temperature, similarity_temperature):
    return {
        "what": options.what,
        "licence": "Apache-2.0",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "sidePixels": size,
        "featureCount": FEATURES,
        "temperature": round(temperature, 3),
        "similarityTemperature": round(similarity_temperature, 4),
        "classes": [
            {"id": int(row["Class ID"]), "name": row["Class Name"], "kind": row["Coarse Class Name"]}
            for row in pictures.classes(options.data)
        ],
        "leftOut": [int(one) for one in options.without.split(",") if one],
    }


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--work", required=True, help="where train.py left the network")
    parser.add_argument("--out", required=True)
    parser.add_argument("--name", default="product-classifier")
    parser.add_argument("--what", default="EfficientNet-Lite2, fine-tuned on 81 groceries")
    parser.add_argument("--network", default="lite2")
    parser.add_argument("--without", default="", help="as for train.py")
    parser.add_argument("--keep", default="int8", choices=["single", "half", "int8"])
    return parser.parse_args()


def main():
    options = arguments()
    torch.set_num_threads(1)
    work, out = Path(options.work), Path(options.out)
    files = {kind: work / f"{kind}.onnx" for kind in ("single", "half", "int8")}
    network, size = loaded(work, options.network)
    train, val = (pictures.listed(options.data, name) for name in ("train", "val"))
    write_single(network, size, files["single"])
    write_half(files["single"], files["half"])
    write_int8(files["single"], files["int8"], pictures.resized(train.pixels[::12], size))
    for kind, file in files.items():
        logits, _ = seen(file, val.pixels, size)
        right = float((logits.argmax(1) == val.fine).float().mean())
        print(json.dumps({"kind": kind, "bytes": file.stat().st_size, "val": round(right, 4)}), flush=True)
    logits, features = seen(files[options.keep], val.pixels, size)
    picked = few(train.fine, 5)
    means = own_means(seen(files[options.keep], train.pixels[picked], size)[1], train.fine[picked])
    path = out / f"{options.name}.onnx"
    path.write_bytes(files[options.keep].read_bytes())
    numbers = manifest(
        options,
        size,
        path,
        fitted_temperature(logits, val.fine),
        fitted_temperature(features @ means.T, val.fine),
    )
    (out / f"{options.name}.json").write_text(json.dumps(numbers, indent=2) + "\n")


if __name__ == "__main__":
    main()
