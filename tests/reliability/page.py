"""``docs/reliability.md``: what is promised, the figures of its test, and how to see them again."""

from __future__ import annotations

from dataclasses import dataclass
from string import Formatter
from typing import Any

from tests.reliability.figures import ROOT, load

PAGE = ROOT / "docs" / "reliability.md"
SEED, MUTANTS = 20180330, 10_000  # the first thousand of them are read by every run of the tests


@dataclass(frozen=True, slots=True)
class Promise:
    """One line of the page; ``{name}`` in ``figures`` stands for a figure, ``files`` are its tests.

    Without files the command is ``command``.
    """

    promise: str
    figures: str
    files: str = ""
    command: str = ""

    @property
    def reproduce(self) -> str:
        """The command that measures it again."""
        tests = f'"{self.files}"' if " " in self.files else self.files
        return self.command or f"make test PYTEST_ARGS={tests}"

    @property
    def names(self) -> set[str]:
        """The figures that the line shows."""
        return {name for _, name, _, _ in Formatter().parse(self.figures) if name}


PROMISES = (
    Promise(
        "危険なファイル・汚れたファイルは、決まったコードとセルで知らせ、ほかのファイルは必ず統合する",
        "[一覧](dirty_workbooks.md)の{kinds}種類（読み取る{kinds_read}種類）で、"
        "指摘コード{kinds_codes}個が出る。{together}種類、{together_files}ファイルを1つの受付フォルダーに"
        "入れた統合は{together_seconds:.0f}秒（上限30秒）",
        "tests/test_dirty_workbooks.py",
    ),
    Promise(
        "読み取りの子プロセスが落ちても、止まっても、メモリを使い切っても、失うのはそのファイルだけ",
        "実際に落ちる{deaths}つのファイルと終わらない1つのファイルの前後は、すべて読める",
        "tests/test_gate.py tests/test_read.py",
    ),
    Promise(
        "危険なブックがテンプレート、前年度の別紙、事務局修正、出力フォルダーにあっても、"
        "理由を知らせて止まるか、別に保存して続ける",
        "異常終了・メモリ不足・外部参照を起こす4種類のブックを、5つの場所に置いて実行した",
        "tests/test_hostile_places.py",
    ),
    Promise(
        "壊した様式で落ちない。受け付けたものは元と同じ行か、指摘が付くか、書いてあるとおりの行になる",
        "変異{mutants:,}件：受け付けない{mutants_refused:,}、元と同じ行{mutants_same:,}、"
        "指摘が付く{mutants_reported:,}、書いてあるとおり{mutants_as_written:,}、"
        "落ちた・失った・作り出した0。{mutants_seconds:.0f}秒。うち1,000件は試験のたびに読む",
        command=f"make mutate N={MUTANTS} SEED={SEED}",
    ),
    Promise(
        "どのファイル操作が失敗しても、出力は前のものか新しいもの",
        "公表の{operations}回の操作を1回ずつ失敗させた（容量不足、権限なし）："
        "{operations_refused}回は前のもの、残りは新しいもの。"
        "その操作から後がすべて失敗したときも各ファイルは完全で、"
        "{operations_halves}回は一部だけが新しいと知らせ、次の実行が直した",
        "tests/test_publish_faults.py",
    ),
    Promise(
        "いつ電源が切れても、出力は前のものか新しいもの。次の実行が片づける",
        "公表の{killed_operations}回の操作の直前に1回ずつ強制終了した（途中の姿{killed_states}通り）",
        "tests/test_publish_faults.py",
    ),
    Promise(
        "統合の途中で強制終了しても同じ。二重の実行、開かれた出力、書けない受付フォルダーでも同じ",
        "統合を{kills}の時点で強制終了（SIGKILL）：前のもの{kills_old}、"
        "途中（ファイルは完全、次の実行が直す）{kills_half}、新しいもの{kills_new}。"
        "時点は、出力フォルダーでの{kills_of}回の操作と、経過時間の全体に等しく散らした",
        "tests/test_kill.py",
    ),
    Promise(
        "出力は無害",
        "数式・リンク・制御等の{injections}種類の文字列を、すべての文字の項目（{injected_rows}行）、"
        "KPI、ファイル名、事務局修正に入れた。{injected_workbooks}個の出力の{injected_seen:,}か所に"
        "現れ、数式・リンク・CSVの命令になったもの0",
        "tests/test_output_is_inert.py",
    ),
    Promise(
        "長い一覧を、1行も落とさずに書く",
        "{long_rows:,}行（1枚のシートに置けるリンクの数を超える）を別紙、データ、転記元に書き、"
        "読み直して順序まで一致。{long_seconds:.0f}秒、メモリ{long_megabytes}MB、"
        "別紙{long_file_megabytes}MB",
        "tests/test_long_lists.py",
    ),
    Promise(
        "同じ入力からは同じバイト列",
        "タイムゾーン、ロケール、ハッシュの種、並列数、ファイルの順を変えた{same_runs}通りの実行で、"
        "{same_files}個の出力のうち異なるもの0",
        "tests/test_determinism.py",
    ),
    Promise(
        "cp932の画面、NFDの名前、空白や記号のあるフォルダー、長いパスで動く",
        "全コマンドと{console_texts}の文をcp932で表示して、失われた文字0。"
        "関係のない5,000ファイルのある受付フォルダーの統合は{irrelevant_seconds:.1f}秒",
        "tests/test_console_and_paths.py",
    ),
    Promise(
        "大きな一覧に埋めた誤りを全部見つけ、正しい行には何も言わない",
        "{truth_rows:,}行に、指摘コード{truth_codes}個の誤り{truth_planted:,}件を埋めた："
        "見落とし0、余分0、失われた行0。{truth_seconds:.0f}秒、メモリ{truth_megabytes}MB",
        "tests/test_seeded_truth.py",
    ),
    Promise(
        "読んだ行は、一覧・保留・差替え・取下げ等のどれかに必ず入る",
        "どんな値でも台帳が合う（Hypothesis）。例の104行は、事実と1項目ずつ一致する",
        "tests/test_merge_properties.py tests/test_merge_command.py",
    ),
    Promise(
        "配布した様式に記入した値は、そのまま読める。前年度から引き継いだ値も同じ",
        "どんな値でも（Hypothesis）、配布→記入→読み取りで同じ値になる",
        "tests/test_distribute.py",
    ),
    Promise(
        "公表する別紙とCSVに、個人名、コメント、作成者、隠しシートは入らない",
        "担当者、メモ、作成者、隠しシートに名前を入れた様式を統合して、どの部品にも現れない",
        "tests/test_publication.py",
    ),
    Promise(
        "様式の✓は、要修正がないことを意味する",
        "LibreOfficeに計算させ、検証の結果と比べる",
        "tests/test_form_and_validator.py",
    ),
)


def page() -> str:
    """The whole page."""
    figures = load()
    lines = [
        "# 信頼性",
        "",
        "何を約束し、どの試験がどんな数字で確かめ、どのコマンドで再現できるかの一覧です。"
        "数字は試験自身が書き出したものです（`make reliability`）。"
        f"時間とメモリは{figures.get('machine', '')}の開発機で測りました。"
        "Windowsの実機では、まだ確かめていません。",
        "",
        "| 約束 | 数字 | 再現 |",
        "|---|---|---|",
        *(_line(promise, figures) for promise in PROMISES),
    ]
    return "\n".join(lines) + "\n"


def _line(promise: Promise, figures: dict[str, Any]) -> str:
    return f"| {promise.promise} | {promise.figures.format(**figures)} | `{promise.reproduce}` |"
