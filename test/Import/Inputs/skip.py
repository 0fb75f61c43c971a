"""Inputs and results of skip.pt2, an image beside itself made coarser by 4 and
by 2: what torch.export makes of

  def forward(self, x):
      y = F.max_pool2d(x, 2)
      z = F.max_pool2d(y, 2)
      y = torch.cat([F.interpolate(z, scale_factor=2.0), y], 1)
      return torch.cat([F.interpolate(y, scale_factor=2.0), x], 1)

with `Dim.AUTO` for height and width.

  skip.py inputs FOLDER HEIGHT WIDTH
  skip.py check FOLDER HEIGHT WIDTH
"""

import json
import pathlib
import struct
import sys

step, folder = sys.argv[1], pathlib.Path(sys.argv[2])
height, width = map(int, sys.argv[3:])
image = [[float(y * 31 % 17 * width + x * 13 % 29) for x in range(width)]
         for y in range(height)]


def coarse(y, x, size):
    y, x = y // size * size, x // size * size
    return max(max(row[x:x + size]) for row in image[y:y + size])


def pack(numbers):
    return struct.pack(f"<{len(numbers)}f", *numbers)


if step == "inputs":
    folder.mkdir(parents=True)
    (folder / "000.bin").write_bytes(pack(sum(image, [])))
    (folder / "manifest.json").write_text(json.dumps([
        {"file": "000.bin", "dtype": "float32", "shape": [1, 1, height, width],
         "stride": [height * width, height * width, width, 1]}]))
else:
    expected = pack([coarse(y, x, size) for size in (4, 2, 1)
                     for y in range(height) for x in range(width)])
    print("right" if (folder / "000.bin").read_bytes() == expected else "wrong")
