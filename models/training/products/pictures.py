"""The Grocery Store Dataset (Klasson, Zhang, Kjellström, WACV 2019) as tensors, and what is done to a picture in training."""

import csv
import math
from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image
from torch.nn import functional as F

# Native size of the pictures as they are kept in the data folder.
SIZE = 224


@dataclass
class Pictures:
    """`pixels` uint8 [n, 3, 224, 224], `fine` and `coarse` class ids int64 [n], `paths` below the data folder."""

    pixels: torch.Tensor
    fine: torch.Tensor
    coarse: torch.Tensor
    paths: list

    def __len__(self):
        return len(self.paths)

    def take(self, index):
        return Pictures(self.pixels[index], self.fine[index], self.coarse[index], [self.paths[i] for i in index.tolist()])


def decode(path):
    """Whole picture on a square of 224 pixels; what a picture is not square by, is white."""
    image = Image.open(path).convert("RGB")
    image.thumbnail((SIZE, SIZE), Image.Resampling.BICUBIC)
    square = Image.new("RGB", (SIZE, SIZE), "white")
    square.paste(image, ((SIZE - image.width) // 2, (SIZE - image.height) // 2))
    return torch.frombuffer(bytearray(square.tobytes()), dtype=torch.uint8).view(SIZE, SIZE, 3).permute(2, 0, 1)


def pictures_of(data, rows):
    """`rows`: path below `data`, fine id, coarse id."""
    return Pictures(
        torch.stack([decode(Path(data) / path) for path, _, _ in rows]),
        torch.tensor([int(fine) for _, fine, _ in rows]),
        torch.tensor([int(coarse) for _, _, coarse in rows]),
        [path for path, _, _ in rows],
    )


def listed(data, name):
    """The pictures of `train.txt` or `val.txt`."""
    lines = (Path(data) / f"{name}.txt").read_text().splitlines()
    return pictures_of(data, [[part.strip() for part in line.split(",")] for line in lines if line])


def classes(data):
    """Rows of classes.csv in order of their id: name, id, coarse name, coarse id, iconic picture."""
    with open(Path(data) / "classes.csv", newline="") as file:
        rows = [{key.split(" (")[0]: value for key, value in row.items()} for row in csv.DictReader(file)]
    return sorted(rows, key=lambda row: int(row["Class ID"]))


def iconic(data):
    """One clean product picture of each class."""
    def path(row):
        return "iconic/" + row["Iconic Image Path"].split("descriptions/")[1]

    return pictures_of(data, [(path(row), row["Class ID"], row["Coarse Class ID"]) for row in classes(data)])


def joined(*parts):
    return Pictures(
        torch.cat([part.pixels for part in parts]),
        torch.cat([part.fine for part in parts]),
        torch.cat([part.coarse for part in parts]),
        [path for part in parts for path in part.paths],
    )


def normalised(pixels):
    """As the ImageNet weights of EfficientNet-Lite want it."""
    return (pixels.float() - 127) / 128


def resized(pixels, size):
    """uint8 to uint8, smoothed as every good library does it."""
    if size == pixels.shape[-1]:
        return pixels
    return F.interpolate(pixels.float(), (size, size), mode="bicubic", antialias=True).round().clamp(0, 255).byte()


def uniform(n, low, high):
    return torch.empty(n).uniform_(low, high)


def grids(n, size, least):
    """Random resized crops of at least `least` of the area, mirrored, turned by up to 20 degrees, as sampling grids."""
    scale = uniform(n, least, 1).sqrt()
    stretch = torch.exp(uniform(n, -math.log(4 / 3), math.log(4 / 3)) / 2)
    wide, high = (scale * stretch).clamp(max=1), (scale / stretch).clamp(max=1)
    turn = uniform(n, -20, 20).deg2rad() * (torch.rand(n) < 0.5)
    mirror = torch.where(torch.rand(n) < 0.5, -1.0, 1.0)
    right, down = uniform(n, -1, 1) * (1 - wide), uniform(n, -1, 1) * (1 - high)
    cos, sin = turn.cos(), turn.sin()
    rows = [wide * cos * mirror, -high * sin, right, wide * sin * mirror, high * cos, down]
    return F.affine_grid(torch.stack(rows, 1).view(n, 2, 3), (n, 3, size, size), align_corners=False)


LUMA = torch.tensor([0.299, 0.587, 0.114])


def recoloured(x):
    """Light of another shop: brightness, white balance, contrast, saturation and a little hue. `x` in 0..1.

    All are linear in the colours, so one matrix a picture does them in one pass.
    """
    n, one = x.shape[0], torch.eye(3)
    balance = torch.diag_embed(uniform(n, 0.65, 1.35).view(n, 1) * uniform(n * 3, 0.9, 1.1).view(n, 3))
    grey = LUMA.expand(3, 3)
    turn = one + 3 * uniform(n, -0.04, 0.04).view(n, 1, 1) * (one.roll(1, 0) - one.roll(-1, 0))
    saturation = grey + uniform(n, 0.6, 1.4).view(n, 1, 1) * turn @ (one - grey)
    contrast = uniform(n, 0.65, 1.35).view(n, 1, 1)
    level = (balance @ x.mean((2, 3)).unsqueeze(2)).mean(1, keepdim=True)
    colours = contrast * saturation @ balance
    return torch.baddbmm((1 - contrast) * level, colours, x.flatten(2)).view_as(x).clamp_(0, 1)


def erased(x):
    """Random erasing (Zhong et al. 2017): a hand or a neighbour hides up to a quarter of one picture in four."""
    size = x.shape[-1]
    for i in range(x.shape[0]):
        if torch.rand(()) < 0.25:
            high, wide = (int(size * side) for side in uniform(2, 0.15, 0.5))
            top, left = (int(torch.randint(0, size - side, ())) for side in (high, wide))
            x[i, :, top : top + high, left : left + wide] = torch.rand(3, 1, 1)
    return x


def blurred(x):
    """One batch in ten is seen by a poorer camera."""
    if torch.rand(()) > 0.1:
        return x
    size = x.shape[-1]
    small = F.interpolate(x, scale_factor=float(uniform(1, 0.4, 0.8)), mode="bilinear", antialias=True)
    return F.interpolate(small, (size, size), mode="bilinear")


def augmented(pixels, size, least=0.35):
    """Training pictures [n, 3, size, size], normalised."""
    x = F.grid_sample(
        pixels.float() / 255, grids(pixels.shape[0], size, least), padding_mode="reflection", align_corners=False
    )
    return erased(blurred(recoloured(x))).mul_(255).sub_(127).div_(128)


def mixed(x, targets):
    """Mixup (Zhang et al. 2018) or CutMix (Yun et al. 2019) of a batch with itself, one batch in three."""
    kind, order = torch.rand(()), torch.randperm(x.shape[0])
    if kind < 1 / 6:
        share = float(torch.distributions.Beta(0.3, 0.3).sample())
        return share * x + (1 - share) * x[order], share * targets + (1 - share) * targets[order]
    if kind > 1 / 3:
        return x, targets
    size, side = x.shape[-1], math.sqrt(1 - float(torch.rand(())))
    cut = max(1, min(size - 1, int(size * side)))
    top, left = (int(torch.randint(0, size - cut + 1, ())) for _ in range(2))
    x = x.clone()
    x[:, :, top : top + cut, left : left + cut] = x[order, :, top : top + cut, left : left + cut]
    share = 1 - cut * cut / (size * size)
    return x, share * targets + (1 - share) * targets[order]
