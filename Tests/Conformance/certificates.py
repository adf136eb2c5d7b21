"""Certificates for the servers and clients of the conformance suite."""

import subprocess


def make_certificates(folder):
    """Writes ca.pem and other_ca.pem, two authorities, and of the first localhost.pem and client.pem;
    their keys are beside them."""
    for authority in ("ca", "other_ca"):
        _openssl(folder, *_request(authority), "-x509", "-out", f"{authority}.pem")
    for name in ("localhost", "client"):
        _openssl(folder, *_request(name), "-out", "request.pem")
        (folder / "extensions").write_text(f"subjectAltName=DNS:{name}\n")
        _openssl(
            folder,
            *("x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key"),
            *("-CAcreateserial", "-extfile", "extensions", "-out", f"{name}.pem"),
        )
        (folder / f"{name}.key").chmod(0o600)


def _request(name):
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")
    return ("req", "-new", "-nodes", *curve, "-subj", f"/CN={name}", "-keyout", f"{name}.key")


def _openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)
