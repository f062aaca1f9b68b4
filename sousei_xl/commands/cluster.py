"""``--cluster``: an existing Dask cluster as an executor."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sousei_xl.errors import OperatorError

if TYPE_CHECKING:
    from concurrent.futures import Executor

_PATIENCE = "10s"


@contextlib.contextmanager
def executor_of(address: str | None) -> Iterator[Executor | None]:
    """The executor of the cluster whose scheduler is at ``address``; None where there is none.

    OperatorError where it cannot be reached or the extra ``cluster`` is not installed.
    """
    if address is None:
        yield None
        return
    try:
        from distributed import Client
    except ImportError:
        raise OperatorError(
            "--cluster を使うには、追加のパッケージが必要です。\n"
            "「python -m pip install -r requirements-cluster.txt」で入れてから、"
            "もう一度実行してください。"
        ) from None
    try:
        client = Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as problem:  # nobody there, or no address at all
        raise OperatorError(
            f"クラスター『{address}』につながりません。スケジューラーのアドレス"
            "（例: tcp://192.0.2.10:8786）と、動いているかどうかを確かめてください。\n"
            "--cluster を付けなければ、この機械だけで実行します。"
        ) from problem
    try:
        yield client.get_executor()
    finally:
        client.close(timeout=_PATIENCE)
