"""The scripts that install: deploy/install, and those of the package."""

import os
import subprocess
from pathlib import Path

import pytest

from manager import TOKENWIRE

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@needs_root
@pytest.mark.parametrize("policy, runs", [(None, True), (0, True), (104, True), (101, False)])
def test_apt_does_not_wait_for_models_after_an_upgrade(policy, runs, tmp_path):
    """And policy-rc.d may forbid the restart. In folders that have a systemd and a policy of ours."""
    systemctl = tmp_path / "systemctl"
    systemctl.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\n')
    systemctl.chmod(0o755)
    script = "mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system && mount -t tmpfs tmpfs /usr/sbin"
    if policy is not None:
        script += f"; printf '#!/bin/sh\\nexit {policy}\\n' > /usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d"
    subprocess.run(
        ["unshare", "--mount", "sh", "-c", f'{script}; exec "$0" configure 0.1.0', DEPLOY / "debian/postinst"],
        check=True, env={"PATH": f"{tmp_path}:/usr/sbin:/usr/bin:/bin"},
    )
    restart = ["--no-block try-restart tokenwire.service"] if runs else []
    assert (tmp_path / "calls").read_text().splitlines() == ["daemon-reload", *restart]


@pytest.mark.parametrize("accepts", [False, True])
def test_variants_whose_instructions_the_compiler_does_not_know_are_left_out(accepts, tmp_path):
    """Of ggml, as libllama's sources have them."""
    (tmp_path / "ggml/src").mkdir(parents=True)
    flag = "-march=armv9.2-a+sme"
    (tmp_path / "ggml/src/CMakeLists.txt").write_text(f"""
function(check_cxx_compiler_flag flag result)
    if (flag STREQUAL "{flag}")
        set(${{result}} {int(accepts)} PARENT_SCOPE)
    endif()
endfunction()
function(ggml_add_cpu_backend_variant name)
    message(NOTICE ${{name}})
endfunction()
            ggml_add_cpu_backend_variant(armv8.6_2    DOTPROD SVE2)
            ggml_add_cpu_backend_variant(armv9.2_1    DOTPROD SME)
            ggml_add_cpu_backend_variant(armv9.2_2    DOTPROD SVE2 SME)
            ggml_add_cpu_backend_variant(android_armv9.2_2    DOTPROD SVE2 SME)
""")
    subprocess.run(["bash", "-c", f"source {DEPLOY}/llama.sh; ask_for_variants {tmp_path}"], check=True)
    told = subprocess.run(
        ["cmake", "-P", tmp_path / "ggml/src/CMakeLists.txt"], check=True, stderr=subprocess.PIPE, text=True
    )
    newer = ["armv9.2_1", "armv9.2_2"] if accepts else []
    assert told.stderr.split() == ["armv8.6_2", *newer, "android_armv9.2_2"]


def test_what_is_installed_is_for_all_users(tmp_path):
    """Whatever this user keeps from others."""
    # A folder that install takes for ours, with all kinds of libraries.
    libraries = tmp_path / "tokenwire libraries"
    libraries.mkdir(mode=0o700)
    for name in ["libllama.so.0", "libggml-cpu-x64.so"]:
        (libraries / name).touch(mode=0o600)
    prefix = tmp_path / "prefix"
    command = 'umask 077; exec "$0" "$@"'
    subprocess.run(["bash", "-c", command, DEPLOY / "install", TOKENWIRE, libraries, prefix], check=True)
    assert (prefix / "lib/tokenwire/libllama.so.0").exists() and (prefix / "lib/tokenwire/libggml-cpu-x64.so").exists()
    for path in [prefix, *prefix.rglob("*")]:
        wanted = 0o755 if path.is_dir() or path == prefix / "bin/tokenwire" else 0o644
        assert path.stat().st_mode & 0o777 == wanted, path
