"""What `deploy/` offers: checked by the programs it is for, where they are installed."""

import gzip
import http.client
import json
import re
import shutil
import subprocess
import time
from pathlib import Path

from needs import program
from served import ROOT, free_port, run, serving

DEPLOY = ROOT / "deploy"


def test_units_hold(tmp_path: Path) -> None:
    """With programs and a user that this machine has."""
    for unit in DEPLOY.glob("*.service"):
        text = unit.read_text(encoding="utf-8")
        text = re.sub("(?m)^(User|Group|EnvironmentFile|WorkingDirectory)=.*\n", "", text)
        text = text.replace("/opt/search-app/.venv/bin/search-app", "/bin/true")
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    for timer in DEPLOY.glob("*.timer"):
        shutil.copy(timer, tmp_path)
    done = subprocess.run(
        [program("systemd-analyze"), "verify", *tmp_path.iterdir()],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_compressed_answer_comes_through_nginx(tmp_path: Path) -> None:
    """And counts are not shown to whoever comes that way."""
    assert (
        run("rebuild", "--corpus", ROOT / "corpus", "--index", tmp_path / "index").returncode == 0
    )
    port = free_port()
    with serving(tmp_path / "index", SEARCH_APP_HOSTS="archive.example,127.0.0.1") as address:
        site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
        site = site.replace("listen 80;", f"listen 127.0.0.1:{port};")
        (tmp_path / "site.conf").write_text(
            site.replace("127.0.0.1:8000", f"127.0.0.1:{address.port}")
        )
        (tmp_path / "nginx.conf").write_text(
            f"pid {tmp_path}/pid; error_log {tmp_path}/errors; daemon off; events {{}}\n"
            f"http {{ access_log off; include {tmp_path}/site.conf; }}\n"
        )
        nginx = subprocess.Popen([program("nginx"), "-c", tmp_path / "nginx.conf"])
        try:
            answer, body = asked(port, "/api/v1/search?q=%E9%98%B2%E6%B1%9B")
            assert answer.getheader("Content-Encoding") == "gzip"
            assert json.loads(gzip.decompress(body))["total"] > 0
            exported, rows = asked(port, "/api/v1/export.jsonl?q=%E9%98%B2%E6%B1%9B")
            assert (exported.status, len(gzip.decompress(rows).splitlines()) > 0) == (200, True)
            assert asked(port, "/metrics")[0].status == 403
        finally:
            nginx.terminate()
            nginx.wait(10)


def asked(port: int, path: str) -> tuple[http.client.HTTPResponse, bytes]:
    headers = {"Host": "archive.example", "Accept-Encoding": "gzip"}
    for _ in range(100):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer, answer.read()
        except ConnectionRefusedError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise AssertionError("nginx does not listen")
