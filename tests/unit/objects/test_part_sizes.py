"""Part sizes of an upload whose length nobody knows."""

import pytest

from objects import ObjectTooLarge
from objects.parts import part_bytes

MIB = 1024**2


@pytest.mark.parametrize(
    ("number", "expected_mib"),
    [(1, 8), (2, 8), (1_000, 8), (1_001, 16), (2_000, 16), (2_001, 32), (9_001, 4_096), (10_000, 4_096)],
)
def test_parts_double_after_each_thousand(number: int, expected_mib: int) -> None:
    assert part_bytes(number, 8 * MIB) == expected_mib * MIB


def test_no_part_is_larger_than_s3_takes() -> None:
    assert part_bytes(10_000, 16 * MIB) == 5 * 1024**3


@pytest.mark.parametrize("first_mib", [6, 8])
def test_ten_thousand_parts_hold_the_largest_object_of_s3(first_mib: int) -> None:
    assert sum(part_bytes(number, first_mib * MIB) for number in range(1, 10_001)) >= 5 * 1024**4


def test_there_is_no_part_beyond_the_last() -> None:
    with pytest.raises(ObjectTooLarge):
        part_bytes(10_001, 8 * MIB)
