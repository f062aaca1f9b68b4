"""A thousand mutants of valid forms: never a crash, never a row lost or made up in silence.

``make mutate N=10000 SEED=7`` reads more of them.
"""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from tests import mutants
from tests.mutate import CHUNK, run

SEED = 20180330


@pytest.mark.parametrize("first", range(0, 1000, CHUNK))
def test_mutants_are_refused_or_read_as_they_say(first: int) -> None:
    tally = run(SEED, first, first + CHUNK)
    assert tally.failures == []
    assert tally.counts.total() == CHUNK
    read = sum(n for (_, verdict), n in tally.counts.items() if verdict != "拒否")
    assert CHUNK // 10 < read < CHUNK


def test_a_mutant_is_made_again_by_its_number() -> None:
    assert mutants.make(SEED, 7) == mutants.make(SEED, 7)
    assert mutants.make(SEED, 7).data != mutants.make(SEED, 8).data
    for content in mutants.bases().values():  # nor is it another one tomorrow
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            times = re.findall(rb"20\d\d-[^<]+", archive.read("docProps/core.xml"))
        assert set(times) == {mutants.SAVED}
