#!/usr/bin/env python3
"""Trains the digits classifier and writes what the demo ships.

Data: scikit-learn's 1797 handwritten digits of 8 by 8 pixels (UCI Optical
Recognition of Handwritten Digits). One fifth is held out. Needs torch 2.13.0
and scikit-learn; the demo itself needs neither.

  digits.pt2    torch.export of the model, not decomposed, for one image
  heldout.bin   int32 count, then per image 64 float32 pixels and int32 label
  accuracy.txt  how many of the held-out images eager PyTorch gets right
"""

import pathlib
import struct

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

HERE = pathlib.Path(__file__).resolve().parent


class Digits(nn.Module):
    """Two convolutions with batch norm, pooling, two linear layers."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 24, 3, padding=1), nn.BatchNorm2d(24), nn.ReLU(),
            nn.Conv2d(24, 48, 3, padding=1), nn.BatchNorm2d(48), nn.ReLU(),
            nn.MaxPool2d(2))
        self.classifier = nn.Sequential(
            nn.Flatten(), nn.Dropout(0.3), nn.Linear(48 * 4 * 4, 64), nn.ReLU(),
            nn.Linear(64, 10))

    def forward(self, image):
        return self.classifier(self.features(image))


def train(model, images, labels):
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 60)
    for _ in range(60):
        for batch in torch.randperm(len(images)).split(64):
            loss = nn.functional.cross_entropy(model(images[batch]),
                                               labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        schedule.step()


def main():
    torch.manual_seed(0)
    torch.set_num_threads(1)
    digits = load_digits()
    images = torch.tensor(digits.images, dtype=torch.float32)[:, None] / 16
    labels = torch.tensor(digits.target)
    kept, held = train_test_split(range(len(images)), test_size=0.2,
                                  random_state=0, stratify=digits.target)
    model = Digits().train()
    train(model, images[kept], labels[kept])
    model.eval()

    with torch.no_grad():
        right = sum(int(model(image[None]).argmax()) == int(label)
                    for image, label in zip(images[held], labels[held]))
    program = torch.export.export(model, (images[held][:1].clone(),))
    for node in program.graph.nodes:
        node.meta.pop("stack_trace", None)  # Paths of this machine.
    torch.export.save(program, HERE / "digits.pt2")
    with open(HERE / "heldout.bin", "wb") as out:
        out.write(struct.pack("<i", len(held)))
        for index in held:
            out.write(images[index].numpy().tobytes())
            out.write(struct.pack("<i", int(labels[index])))
    (HERE / "accuracy.txt").write_text(f"{right} of {len(held)}\n")
    print(f"eager: {right} of {len(held)}")


main()
