"""How alike two pictures look: structural similarity as published, in numpy, apart from the library that made them."""

from typing import Any

import numpy as np
from PIL import Image

Grid = np.ndarray[Any, np.dtype[np.float64]]

WINDOW, SIGMA, K1, K2, LEVELS = 11, 1.5, 0.01, 0.03, 255


def structural_similarity(one: Image.Image, other: Image.Image) -> float:
    """The mean SSIM of two pictures of one size, of their brightness, at full resolution; 1 for the same picture.

    Z. Wang, A. C. Bovik, H. R. Sheikh, E. P. Simoncelli: Image Quality Assessment (2004), with its
    window (Gaussian, 11 × 11, σ 1.5) and constants.
    """
    x, y = (np.asarray(image.convert("L"), dtype=np.float64) for image in (one, other))
    if x.shape != y.shape:
        raise ValueError(f"{x.shape} and {y.shape} cannot be compared")
    mx, my, xx, yy, xy = (_blurred(grid) for grid in (x, y, x * x, y * y, x * y))
    c1, c2 = (K1 * LEVELS) ** 2, (K2 * LEVELS) ** 2
    light = (2 * mx * my + c1) / (mx * mx + my * my + c1)
    form = (2 * (xy - mx * my) + c2) / ((xx - mx * mx) + (yy - my * my) + c2)
    return float((light * form).mean())


def _blurred(grid: Grid) -> Grid:
    """Each place's surroundings, weighed; the margin, where the window does not fit, is left out."""
    weights = np.exp(-((np.arange(WINDOW) - WINDOW // 2) ** 2) / (2 * SIGMA**2))
    weights /= weights.sum()
    for _ in range(2):  # down the columns; turned over, along the rows
        size = grid.shape[0] - WINDOW + 1
        total = np.zeros((size, grid.shape[1]))
        for n, weight in enumerate(weights):
            total += weight * grid[n : n + size]
        grid = np.ascontiguousarray(total.T)
    return grid
