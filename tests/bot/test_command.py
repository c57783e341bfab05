"""The `motcua` command, and the service as a process of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import httpx
import pytest
from rich.console import Console
from typer.testing import CliRunner

from bot.cli import app, terminal_chat
from bot.cli.terminal_chat import talk_in_terminal
from bot.content import load_folder
from tests import patient
from tests.emulators.server import free_port, wait_for
from tests.flows.chat import NOW
from tests.library import CAT

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


def motcua(*words: str, stdin: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(app, words, input=stdin)
    return result.exit_code, result.output


def test_check_is_green_on_good_content_and_red_on_bad(content_dir: Path) -> None:
    code, out = motcua("check", str(content_dir), "--date", "2026-11-23")
    assert (code, out.splitlines()[-1]) == (0, "2 thủ tục, 1 xã: không có lỗi, 5 chỗ nên sửa")
    assert "sắp tới: procedures/lam-nha.yaml:9: facts.time đổi từ 2027-03-01: năm ngày" in out
    code, out = motcua("check", str(content_dir), "--date", "2027-02-21")
    assert (code, "procedures/lam-nha.yaml:14: facts.result quá hạn" in out) == (1, True)
    (content_dir / "procedures" / "nuoi-meo.yaml").write_text("id: [", "utf-8")
    code, out = motcua("check", str(content_dir))
    assert (code, "procedures/nuoi-meo.yaml:1: thiếu dấu đóng ]: viết `id: []`" in out) == (1, True)
    assert motcua("check", "/nowhere")[0] == 1


def test_a_commune_is_asked_on_one_sheet(content_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_CONTENT_DIR", str(content_dir))
    assert "Hỏi xã Bản Mới" in motcua("commune", "questions", "ban-moi")[1]
    sheet = content_dir / "hoi.pdf"
    assert motcua("commune", "questions", "ban-moi", str(sheet))[0] == 0
    assert (sheet.read_bytes()[:5], sheet.read_bytes().count(b"/Type/Page/")) == (b"%PDF-", 1)
    assert "dùng ban-moi" in motcua("commune", "questions", "ban-cu")[1]


def test_check_tells_of_files_that_nobody_reads(content_dir: Path) -> None:
    for name in ("nuoi-cho.yml", "nuoi-ga.yaml.txt", "nuoi-bo.docx"):
        (content_dir / "procedures" / name).write_text("id: x", "utf-8")
    out = motcua("check", str(content_dir), "--date", "2026-11-23")[1]
    for name, better in (("nuoi-cho.yml", "nuoi-cho"), ("nuoi-ga.yaml.txt", "nuoi-ga"), ("nuoi-bo.docx", "nuoi-bo")):
        assert f"procedures/{name}:1: nên sửa: tệp này không được đọc: đổi tên thành {better}.yaml" in out


def test_understand_speaks_json_lines(content_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_CONTENT_DIR", str(content_dir))
    lines = '{"text": "tôi muốn làm nhà"}\n{"text": "giá vàng hôm nay"}\n'
    code, out = motcua("understand", "--jsonl", stdin=lines)
    first, second = (json.loads(line) for line in out.splitlines())
    assert code == 0
    assert first.keys() == {"text", "kind", "top", "action", "procedure"}
    assert (first["kind"], first["top"][0]["id"], first["action"]) == ("procedure", "lam-nha", "go")
    assert second["action"] == "unsure"
    assert motcua("understand", "--jsonl", stdin="nonsense\n")[0] == 1
    assert json.loads(motcua("understand", "gặp cán bộ", "--json")[1])["top"][0]["id"] == "person"
    assert "lam-nha" in motcua("understand", "xây nhà")[1]


@pytest.mark.parametrize("kind", ["procedure", "shared", "province", "commune", "talks"])
def test_schemas_stand_beside_the_content_and_are_current(kind: str) -> None:
    code, out = motcua("schema", kind)
    assert code == 0
    assert (ROOT / "content" / f"{kind}.schema.json").read_text("utf-8") == out, "run `make schemas`"


def test_a_talk_in_the_terminal(content_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["có rồi", "số cccd 001099012345", "thoát"])
    out = Console(width=80, record=True, file=StringIO())
    monkeypatch.setattr(out, "input", lambda *_: next(typed))
    said = talk_in_terminal(load_folder(content_dir), "ban-moi_lam-nha", NOW, out)
    shown = out.export_text()
    assert [typed for typed, _ in said] == ["có rồi", "số cccd 001099012345"]
    assert "Bác làm nhà gì?" in shown
    assert "[sensitive]" in shown
    assert terminal_chat.__doc__


SERVE = (sys.executable, "-c", "from bot.cli import app; app()", "serve")


@contextmanager
def process(command: Sequence[str], tmp_path: Path, content_dir: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    """The service as a process of its own; `read` its output after it has ended."""
    env = {
        **os.environ,
        "MOTCUA_PORT": str(port),
        "MOTCUA_DATA_DIR": str(tmp_path / "var"),
        "MOTCUA_CONTENT_DIR": str(content_dir),
    }
    with subprocess.Popen(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as started:
        try:
            wait_for(lambda: _up(port))
            yield started
        finally:
            started.kill()


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("server", ["motcua", "uvicorn"])
def test_it_stops_when_told_while_pages_are_open(tmp_path: Path, content_dir: Path, server: str, sig: int) -> None:
    port = free_port()
    uvicorn = (sys.executable, "-m", "uvicorn", "webhook:app", "--port", str(port))
    command = SERVE if server == "motcua" else uvicorn
    site = f"http://127.0.0.1:{port}"
    with process(command, tmp_path, content_dir, port) as started, patient.client(base_url=site) as hoa:
        hoa.post("/chat", data={"text": "xin chào"})
        with hoa.stream("GET", "/chat/events") as stream:
            lines = stream.iter_lines()  # held: a stream whose reader is gone would be closed from this side
            assert any(line.startswith("data:") for line in lines)
            started.send_signal(sig)
            out = started.communicate(timeout=patient.SECONDS)[0]
    assert "Traceback" not in out
    assert "exceeded" not in out, "it waited for the page"


def test_serve_says_where_to_click(tmp_path: Path, content_dir: Path) -> None:
    port = free_port()
    with process(SERVE, tmp_path, content_dir, port) as started:
        started.terminate()
        out = started.communicate(timeout=patient.SECONDS)[0]
    assert "Traceback" not in out
    assert f"http://localhost:{port}" in out
    assert "motcua team add" in out
    assert "telegram" in out


def test_serve_refuses_broken_content_with_the_report(tmp_path: Path, content_dir: Path) -> None:
    (content_dir / "procedures" / "nuoi-meo.yaml").write_text(CAT.replace("kind: do", "kind: lam"), "utf-8")
    env = {**os.environ, "MOTCUA_DATA_DIR": str(tmp_path / "var"), "MOTCUA_CONTENT_DIR": str(content_dir)}
    done = subprocess.run(
        [sys.executable, "-c", "from bot.cli import app; app()", "serve"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=patient.SECONDS,
        check=False,
    )
    assert done.returncode == 1
    assert "procedures/nuoi-meo.yaml:14: kind phải là" in done.stderr
    assert "Traceback" not in done.stderr


def _up(port: int) -> bool:
    try:
        return patient.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
    except httpx.TransportError:
        return False
