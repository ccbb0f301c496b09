"""How large each part of a multipart upload is, so that any object S3 can hold fits into its 10,000 parts."""

from objects.errors import ObjectTooLarge

SMALLEST_PART_BYTES = 5 * 1024**2  # S3 refuses smaller ones at completion, except for the last
LARGEST_PART_BYTES = 5 * 1024**3
MOST_PARTS = 10_000
_PARTS_PER_SIZE = 1_000


def part_bytes(number: int, first_part_bytes: int) -> int:
    """The size in bytes of part `number` (from 1) of an upload whose length is not known yet.

    It doubles after each 1,000 parts: parts of 8 MiB reach 8 GB before they grow, and 8 TB in all.

    Raises: `ObjectTooLarge` beyond part 10,000.
    """
    if number > MOST_PARTS:
        raise ObjectTooLarge(f"more than {MOST_PARTS} parts")
    doublings = (number - 1) // _PARTS_PER_SIZE
    return min(first_part_bytes << doublings, LARGEST_PART_BYTES)
