"""Where tiles lie: whole pixels, all of them on one page where that is possible, none twice."""

import itertools

import pytest
from PySide6.QtCore import QPointF, QRectF, QSize

from core.digits import SIZE
from gui.inspector.tile_grid import MAX_TILES, PITCH, TileGrid

ROOMS = [QSize(528, 386), QSize(300, 200), QSize(900, 700), QSize(1500, 1300)]


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("n", [1, 16, 100, 256, 512, 2048])
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_tiles_lie_apart_within_the_room_on_whole_pixels(n, room, ratio):
    grid = TileGrid.fit(n, room, ratio)
    inside = QRectF(0, 0, room.width(), room.height())
    tiles = [grid.tile(place) for place in range(min(grid.n_tiles, 60))]
    for tile in (*tiles, grid.tile(grid.n_tiles - 1)):
        assert inside.contains(tile)
        assert tile.width() * ratio == pytest.approx(SIZE * grid.scale)
        assert (tile.x() * ratio) % 1 == pytest.approx(0, abs=1e-6) or (tile.x() * ratio) % 1 > 1 - 1e-6
    for first, second in itertools.pairwise(tiles):
        assert not first.intersects(second)


def test_the_tiles_are_as_large_as_all_of_them_find_room():
    for n, room in itertools.product((1, 16, 100, 200), ROOMS[::2]):
        grid = TileGrid.fit(n, room, 1.0)
        assert n <= grid.n_tiles < n + grid.n_columns
        larger = PITCH * (grid.scale + 1)
        fits = ((room.width() + grid.scale + 1) // larger) * ((room.height() + grid.scale + 1) // larger) >= n
        assert not fits or grid.scale == 8


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0, 3.0])
def test_of_very_many_a_page_has_a_bounded_number(room, ratio):
    grid = TileGrid.fit(2048, room, ratio)
    assert grid.n_tiles <= MAX_TILES
    assert grid.scale >= round(ratio)


def test_the_tile_at_a_position_is_found_again():
    grid = TileGrid.fit(100, QSize(528, 386), 2.0)
    for place in range(grid.n_tiles):
        assert grid.place(grid.tile(place).center()) == place
    assert grid.place(QPointF(-1, 5)) is None
    assert grid.place(QPointF(527.9, 385.9)) is None


def test_a_room_that_is_far_too_small_has_one_tile():
    assert TileGrid.fit(50, QSize(10, 10), 1.0).n_tiles == 1
    assert TileGrid.fit(0, QSize(500, 300), 1.0).n_tiles == 1
