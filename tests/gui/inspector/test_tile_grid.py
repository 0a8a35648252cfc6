"""The layout of tiles: whole pixels, all on one page if possible, and the tile at a position."""

import itertools

import pytest
from PySide6.QtCore import QPointF, QRectF, QSize

from core.digits import SIZE
from gui.inspector.tile_grid import MAX_TILES, PITCH, TileGrid

SIZES = [QSize(528, 386), QSize(300, 200), QSize(900, 700), QSize(1500, 1300)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("n", [1, 16, 100, 256, 512, 2048])
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_tiles_are_apart_within_the_page_on_whole_pixels(n, size, ratio):
    grid = TileGrid.fit(n, size, ratio)
    inside = QRectF(0, 0, size.width(), size.height())
    tiles = [grid.tile_rect(index) for index in range(min(grid.n_tiles, 60))]
    for tile in (*tiles, grid.tile_rect(grid.n_tiles - 1)):
        assert inside.contains(tile)
        assert tile.width() * ratio == pytest.approx(SIZE * grid.scale)
        assert (tile.x() * ratio) % 1 == pytest.approx(0, abs=1e-6) or (tile.x() * ratio) % 1 > 1 - 1e-6
    for first, second in itertools.pairwise(tiles):
        assert not first.intersects(second)


def test_the_tiles_are_as_large_as_all_of_them_fit():
    for n, size in itertools.product((1, 16, 100, 200), SIZES[::2]):
        grid = TileGrid.fit(n, size, 1.0)
        assert n <= grid.n_tiles < n + grid.n_columns
        larger = PITCH * (grid.scale + 1)
        fits = ((size.width() + grid.scale + 1) // larger) * ((size.height() + grid.scale + 1) // larger) >= n
        assert not fits or grid.scale == 8


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0, 3.0])
def test_the_number_of_tiles_on_a_page_is_bounded(size, ratio):
    grid = TileGrid.fit(2048, size, ratio)
    assert grid.n_tiles <= MAX_TILES
    assert grid.scale >= round(ratio)


def test_the_tile_at_a_position_is_found_again():
    grid = TileGrid.fit(100, QSize(528, 386), 2.0)
    for index in range(grid.n_tiles):
        assert grid.tile_at(grid.tile_rect(index).center()) == index
    assert grid.tile_at(QPointF(-1, 5)) is None
    assert grid.tile_at(QPointF(527.9, 385.9)) is None


def test_a_page_that_is_far_too_small_has_one_tile():
    assert TileGrid.fit(50, QSize(10, 10), 1.0).n_tiles == 1
    assert TileGrid.fit(0, QSize(500, 300), 1.0).n_tiles == 1
