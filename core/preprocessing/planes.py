"""Planes: from the pixels of a picture, in grey, colour or with transparency, to the one plane in which ink shows.

That is the brightness, as a rule. Ink that has nearly the brightness of its ground differs from it in colour: then the
plane is the direction of colour that separates them best (linear discriminant, Fisher, 1936). Transparent pixels are
white, or black where what is opaque is itself white.
"""

import numpy as np
from numpy.typing import NDArray

from core.preprocessing import resampling

Floats = NDArray[np.float32]
Pixels = NDArray[np.uint8]

_LUMINANCE = (19595, 38470, 7471)  # of 65536, as in ITU-R 601-2 and in Pillow
_OVERVIEW = 128  # px: the size of the reduced picture in which colours are compared
_FAINT = 64.0  # grey levels: a picture with less contrast is stretched ...
_SAME, _MOSTLY = 0.5, 0.4  # ... if more than this share of it is one grey, or else ...
_DARK, _NOISY = 20.0, 16.0  # ... if it has less contrast than this, and more than this many deviations of its noise
_COLOURLESS = 24.0  # grey levels: if the channels differ by less, brightness is all there is
_CLEAR = 40.0  # grey levels: a mean difference in brightness that needs no colour
_GAIN = 2.0  # a direction of colour replaces brightness if it is this many times as far above the noise
_MIN_SQUARE, _MAX_SQUARES = 8, 16  # px, and squares along a side: a tiny picture enlarged without smoothing
_PALE = 160.0  # grey levels: opaque pixels that are brighter do not show on white
_GRAIN = 3.0  # grey levels: noise that is assumed in any picture
_OUTLYING = 36.0  # squared distance, in standard deviations of the ground: a pixel of another colour
_MIN_SHARE = 0.001  # of the pixels: fewer of another colour are specks


def plane(pixels: Pixels, max_side: int) -> Floats:
    """Return the plane (H', W') of a picture, in [0, 255], its longer side reduced to at most ``max_side``.

    Parameters
    ----------
    pixels : (H, W), (H, W, 3) or (H, W, 4)
        Grey values; or red, green and blue; or these and the alpha channel, with straight alpha.
    """
    if not pixels.size:
        return np.zeros(pixels.shape[:2], np.float32)
    if pixels.ndim == 2:
        return _stretched(_unblocked(resampling.reduced(pixels, max_side)[0]))
    channels = [resampling.reduced(pixels[..., channel], max_side)[0] for channel in range(pixels.shape[2])]
    if len(channels) == 4 and float(channels[3].min()) < 255:
        channels = _composed(channels[:3], channels[3])
    return _stretched(_unblocked(_best(channels[:3])))


def _unblocked(values: Floats) -> Floats:
    """Return values (H, W), smoothed if they are few large squares: a tiny picture, enlarged without smoothing."""
    side = _square(values, axis=0)
    if side < _MIN_SQUARE or _square(values, axis=1) != side or max(values.shape) > _MAX_SQUARES * side:
        return values
    few = values[side // 2 :: side, side // 2 :: side]
    return resampling.resized(few, *values.shape)


def _square(values: Floats, axis: int) -> int:
    """Return the largest length into whose multiples equal lines along an axis are divided."""
    changes = np.flatnonzero(np.any(np.diff(values, axis=axis) != 0, axis=1 - axis)) + 1
    return int(np.gcd.reduce(np.append(changes, values.shape[axis]))) if len(changes) else 0


def _composed(colours: list[Floats], alpha: Floats) -> list[Floats]:
    """Return the channels (H, W) on white, or on black if what is opaque is itself nearly white."""
    share = alpha / np.float32(255)
    border = np.concatenate([alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]])
    seen = float((_brightness(colours) * alpha).sum() / max(float(alpha.sum()), 1.0))
    ground = np.float32(0 if seen > _PALE and float(np.median(border)) < 128 else 255)
    return [np.rint(channel * share + ground * (1 - share)).astype(np.float32) for channel in colours]


def _brightness(colours: list[Floats]) -> Floats:
    grey: Floats = colours[0] * np.float32(_LUMINANCE[0] / 65536)
    for channel, share in zip(colours[1:], _LUMINANCE[1:], strict=True):
        grey += channel * np.float32(share / 65536)
    grey += np.float32(0.5)
    return np.floor(grey, out=grey)


def _stretched(values: Floats) -> Floats:
    """Return values (H, W) that use all of [0, 255], if they use little of it and are more than noise."""
    low, high = float(values.min()), float(values.max())
    if not 0 < high - low < _FAINT:
        return values
    steps = np.abs(np.diff(values, axis=1))
    noise = 1.05 * float(np.median(steps)) if steps.size else 0.0  # 1.4826 / √2 of the differences' deviation
    is_clean = float(np.mean(np.abs(values - np.median(values)) < _SAME)) > _MOSTLY
    if not is_clean and (high - low > _DARK or high - low < _NOISY * noise):
        return values
    return (values - np.float32(low)) * np.float32(255 / (high - low))


def _best(colours: list[Floats]) -> Floats:
    """Return the brightness (H, W) of three channels, or the direction of colour that separates ink better."""
    grey = _brightness(colours)
    few = [channel[::4, ::4] for channel in colours]
    if max(float(np.ptp(few[channel] - few[1])) for channel in (0, 2)) < _COLOURLESS:
        return grey
    small = np.stack([resampling.reduced(channel, _OVERVIEW)[0] for channel in colours], axis=2)
    direction = _direction(small)
    if direction is None:
        return grey
    projected: Floats = sum(
        (channel * share for channel, share in zip(colours, direction, strict=True)), start=grey * 0
    )
    low, high = float(projected.min()), float(projected.max())
    scaled: Floats = ((projected - np.float32(low)) * np.float32(255 / max(high - low, 1e-6))).clip(0, 255)
    return scaled


def _direction(small: Floats) -> Floats | None:
    """Return the direction (3,) that separates ink from its ground better than brightness does, or None."""
    border = np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]])
    ground = np.median(border, axis=0)
    # Shade scales all channels alike: what is left is the difference from the ground's colour at the pixel's shade.
    length = float(ground @ ground)
    shade = (small @ ground / max(length, 1.0))[..., np.newaxis] if length > 900 else np.float32(1)
    level = np.clip(shade, 0.5, 1.3)
    apart = (small - ground * level).reshape(-1, 3).astype(np.float64)
    near = apart[(apart**2).sum(axis=1) <= np.median((apart**2).sum(axis=1)) * 4 + 1]
    spread = near.T @ near / len(near) + _GRAIN**2 * np.eye(3)
    inverse = np.linalg.inv(spread)
    outlying = ((apart @ inverse) * apart).sum(axis=1) > _OUTLYING
    if outlying.mean() < _MIN_SHARE:
        return None
    mean = (small.reshape(-1, 3)[outlying] - ground).mean(axis=0).astype(np.float64)
    # The ground varies along its own colour, by the shade.
    along = ground / max(np.sqrt(length), 1.0)
    varied = float(np.std((small @ along).ravel()[~outlying])) if (~outlying).any() else 0.0
    noise = spread + varied**2 * np.outer(along, along)
    best = np.linalg.solve(noise, mean)
    grey = np.array(_LUMINANCE) / 65536
    by_grey, by_best = (abs(float(mean @ way)) / float(np.sqrt(way @ noise @ way)) for way in (grey, best))
    if abs(float(mean @ grey)) > _CLEAR or by_best < _GAIN * by_grey:
        return None
    direction: Floats = (best / np.linalg.norm(best)).astype(np.float32)
    return direction
