"""Fine-tunes an EfficientNet-Lite on the groceries. Resumable: a checkpoint is left after each epoch.

python train.py --data ../../../../shared/data/grocery-store --work /somewhere --network lite2 --seed 1
"""

import argparse
import copy
import json
import time
from pathlib import Path

import torch
from torch.nn import functional as F

import pictures
from network import pretrained

SMOOTHING = 0.1
# Weight of telling the coarse class (apple, milk) by the sum of its fine ones: wrong is less wrong within its kind.
COARSE_WEIGHT = 0.3
# Weights are averaged over about the last hundred steps, a good epoch.
AVERAGING = 0.99
# Of the covariance within classes, this part is a sphere; flat between 0.1 and 0.4 with ImageNet's features.
SHRINKAGE = 0.4
# The first head's log posteriors are so many times too large for unseen pictures (fitted once, before any training).
FIRST_DIVISOR = 30.0


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--network", default="lite2")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sizes", default="160,192", help="sides of a picture, each for its share of the epochs")
    parser.add_argument("--start", help="go on from this network.pt instead of ImageNet's")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=3e-4)
    parser.add_argument("--frozen", type=int, default=4, help="so many first blocks stay as ImageNet made them")
    parser.add_argument("--without", default="", help="fine ids left out, for measuring enrolment: 3,17,…")
    parser.add_argument("--held", type=float, default=0, help="this last part of each class is judged, not learnt")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--bfloat", action="store_true", help="bfloat16 where the processor has it")
    options = parser.parse_args()
    options.sizes = [int(size) for size in options.sizes.split(",")]
    return options


def tail(fine, part):
    """True for the last `part` of each class in the list's order: neighbours in it are often one scene."""
    held = torch.zeros(len(fine), dtype=torch.bool)
    for one in fine.unique():
        index = (fine == one).nonzero().flatten()
        held[index[len(index) - round(len(index) * part) :]] = True
    return held


def training_sets(options):
    """What is learnt, and by name what is judged."""
    train, val = pictures.listed(options.data, "train"), pictures.listed(options.data, "val")
    left_out = [int(one) for one in options.without.split(",") if one]
    held = tail(train.fine, options.held)
    learnt = ~held & ~torch.isin(train.fine, torch.tensor(left_out, dtype=torch.int64))
    clean = pictures.iconic(options.data)
    clean = clean.take((~torch.isin(clean.fine, torch.tensor(left_out, dtype=torch.int64))).nonzero().flatten())
    judged = {"val": val} | ({"held": train.take(held.nonzero().flatten())} if held.any() else {})
    return pictures.joined(train.take(learnt.nonzero().flatten()), clean), judged


def order_of_epoch(fine):
    """As many draws as pictures; a class of 16 is drawn more often than its share, one of 70 less (square root)."""
    counts = torch.bincount(fine).clamp(min=1).float()
    return torch.multinomial(counts[fine].rsqrt(), len(fine), replacement=True)


def coarse_membership(options):
    """[fine, coarse] of zeros and ones."""
    rows = pictures.classes(options.data)
    coarse = torch.tensor([int(row["Coarse Class ID"]) for row in rows])
    return F.one_hot(coarse).float()


def loss_of(logits, targets, membership):
    """Cross-entropy on the fine classes and on their sums."""
    logs = F.log_softmax(logits.float(), 1)
    smooth = targets * (1 - SMOOTHING) + SMOOTHING / targets.shape[1]
    kinds = (logs.exp() @ membership).clamp(min=1e-6).log()
    fine, coarse = -(smooth * logs).sum(1).mean(), -((targets @ membership) * kinds).sum(1).mean()
    return fine + COARSE_WEIGHT * coarse


def groups(network, rate):
    """Biases and norms are not decayed."""
    live = [p for p in network.parameters() if p.requires_grad]
    return [
        {"params": [p for p in live if p.ndim > 1], "lr": rate, "weight_decay": 0.02},
        {"params": [p for p in live if p.ndim == 1], "lr": rate, "weight_decay": 0.0},
    ]


def learning(network):
    """Dropout as in training, norms as ImageNet left them: with a batch's own mean and spread these networks are lost (of
    pictures that they know, 7 % right instead of 88), and fixed ones cost less."""
    network.train()
    for part in network.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            part.eval()


def freeze(network, blocks):
    """Stem and first blocks stay as they are. So do the 5x5 depthwise filters: their gradient costs more than all the
    rest of a step on a CPU (oneDNN: 114 of 130 ms in bfloat16), while the norm behind each still scales it."""
    for part in (network._conv_stem, network._bn0, *network._blocks[:blocks]):
        part.requires_grad_(False)
    for block in network._blocks:
        if block._depthwise_conv.kernel_size[0] == 5:
            block._depthwise_conv.requires_grad_(False)


@torch.no_grad()
def answers(network, pixels, size, batch=64):
    """Logits and features of whole pictures at this size."""
    network.eval()
    resized = [pictures.normalised(pictures.resized(part, size)) for part in pixels.split(batch)]
    parts = [network(part.contiguous(memory_format=torch.channels_last)) for part in resized]
    return torch.cat([logits for logits, _ in parts]), torch.cat([features for _, features in parts])


def judge(network, sets, size):
    """Share of right ones by set, at the size of training: larger things than those learnt are not known again (at 224,
    12 points less than at 160 after three epochs of 160)."""

    def right(judged):
        return float((answers(network, judged.pixels, size)[0].argmax(1) == judged.fine).float().mean())

    return {name: round(right(judged), 4) for name, judged in sets.items()}


@torch.no_grad()
def discriminant(features, fine, count):
    """Weights and biases of Fisher's linear discriminant; a class without pictures gets a hopeless bias."""
    seen = torch.bincount(fine, minlength=count) > 0
    means = torch.stack([features[fine == i].mean(0) if seen[i] else features.mean(0) for i in range(count)])
    off = features - means[fine]
    within = off.T @ off / (len(fine) - int(seen.sum()))
    sphere = torch.eye(len(within)) * within.diag().mean()
    weights = torch.linalg.solve((1 - SHRINKAGE) * within + SHRINKAGE * sphere, means.T).T / FIRST_DIVISOR
    return weights, torch.where(seen, -(weights * means).sum(1) / 2, -20.0)


def first_head(network, learnt, size, bfloat):
    """The last layer begins where ImageNet's features already lead (74 % of val), which saves most of the epochs."""
    with torch.autocast("cpu", torch.bfloat16, enabled=bfloat):
        features = answers(network, learnt.pixels, size)[1].float()
    weights, biases = discriminant(features, learnt.fine, network._fc.out_features)
    network._fc.weight.data.copy_(weights)
    network._fc.bias.data.copy_(biases)


@torch.no_grad()
def average(mean, network, step):
    part = min(AVERAGING, (1 + step) / (10 + step))
    for slow, fast in zip(mean.state_dict().values(), network.state_dict().values()):
        slow.copy_(fast if slow.dtype == torch.int64 else slow * part + fast * (1 - part))


class Run:
    """The state of one training."""

    def __init__(self, options):
        self.options = options
        self.learnt, self.judged = training_sets(options)
        self.membership = coarse_membership(options)
        torch.manual_seed(options.seed)
        self.file = Path(options.work) / "checkpoint.pt"
        self.network = pretrained(options.network, len(self.membership)).to(memory_format=torch.channels_last)
        self.begin()
        freeze(self.network, options.frozen)
        self.mean = copy.deepcopy(self.network)
        self.steps = -(-len(self.learnt) // options.batch)
        self.optimiser = torch.optim.AdamW(groups(self.network, options.rate))
        rates = [group["lr"] for group in self.optimiser.param_groups]
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimiser, rates, options.epochs * self.steps, pct_start=0.15, div_factor=20, cycle_momentum=False
        )
        self.epoch = 0

    def begin(self):
        if self.options.start is not None:
            self.network.load_state_dict(torch.load(self.options.start, weights_only=True)["state"])
        elif not self.file.exists():
            first_head(self.network, self.learnt, self.options.sizes[0], self.options.bfloat)

    def size(self):
        return self.options.sizes[len(self.options.sizes) * self.epoch // self.options.epochs]

    def state(self):
        parts = ("network", "mean", "optimiser", "schedule")
        return {"epoch": self.epoch, "rng": torch.get_rng_state()} | {p: getattr(self, p).state_dict() for p in parts}

    def resume(self):
        if not self.file.exists():
            return
        state = torch.load(self.file, weights_only=True)
        for part in ("network", "mean", "optimiser", "schedule"):
            getattr(self, part).load_state_dict(state[part])
        self.epoch = state["epoch"]
        torch.set_rng_state(state["rng"])

    def step(self, index):
        x = pictures.augmented(self.learnt.pixels[index], self.size())
        x, targets = pictures.mixed(x, F.one_hot(self.learnt.fine[index], len(self.membership)).float())
        with torch.autocast("cpu", torch.bfloat16, enabled=self.options.bfloat):
            logits, _ = self.network(x.contiguous(memory_format=torch.channels_last))
        loss = loss_of(logits, targets, self.membership)
        self.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 5)
        self.optimiser.step()
        self.schedule.step()
        return float(loss.detach())

    def run_epoch(self):
        began, total = time.time(), 0.0
        for i, index in enumerate(order_of_epoch(self.learnt.fine).split(self.options.batch)):
            learning(self.network)
            total += self.step(index)
            average(self.mean, self.network, self.epoch * self.steps + i)
            if i % 10 == 0:
                print(f"  step {i} of {self.steps}, loss {total / (i + 1):.3f}, {time.time() - began:.0f} s", flush=True)
        self.epoch += 1
        return {"epoch": self.epoch, "loss": round(total / self.steps, 4), "seconds": round(time.time() - began)}


def main():
    options = arguments()
    torch.set_num_threads(options.threads)
    Path(options.work).mkdir(parents=True, exist_ok=True)
    run = Run(options)
    run.resume()
    while run.epoch < options.epochs:
        size = run.size()
        line = run.run_epoch()
        torch.save(run.state(), run.file)
        line |= {"size": size} | judge(run.mean, run.judged, size)
        print(json.dumps(line), flush=True)
    torch.save({"size": options.sizes[-1], "state": run.mean.state_dict()}, Path(options.work) / "network.pt")


if __name__ == "__main__":
    main()
