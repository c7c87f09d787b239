#!/usr/bin/env python3
"""The programs of this folder, through the tool, against servers on this machine.

AWS: moto, which speaks the real API and computes real HMACs; its key is given the bytes of the known answer. Google
Cloud, Azure and OpenBao: a stub that speaks their protocol as their documentation has it. Nobody here could ask the
real services."""

import base64
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import page  # noqa: E402

FUGO = os.environ.get("FUGO", str(HERE.parents[2] / "target/debug/fugo"))
ROOT = bytes(range(32))
SCOPE_KEY = "753e614d2f63180152f30488c967fb46ad0876995bd711b1c5df6448234540c0"
TOKEN = "an-access-token"


class Stub(http.server.BaseHTTPRequestHandler):
    """Answers as the three services do; anything that they would refuse gets status 400."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        sign = lambda message: hmac.digest(ROOT, message, hashlib.sha256)
        bearer = self.headers.get("Authorization") == f"Bearer {TOKEN}"
        answer = None
        if self.path == "/v1/projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1:macSign" and bearer:
            answer = {"mac": base64.b64encode(sign(base64.b64decode(body["data"]))).decode()}
        if self.path == "/keys/k/1/sign?api-version=2025-07-01" and bearer and body["alg"] == "HS256":
            value = body["value"] + "=" * (-len(body["value"]) % 4)
            answer = {"value": base64.urlsafe_b64encode(sign(base64.urlsafe_b64decode(value))).decode().rstrip("=")}
        if self.path == "/v1/transit/hmac/k/sha2-256" and self.headers.get("X-Vault-Token") == TOKEN and body["key_version"] == 1:
            answer = {"data": {"hmac": "vault:v1:" + base64.b64encode(sign(base64.b64decode(body["input"]))).decode()}}
        self.send_response(200 if answer else 400)
        self.end_headers()
        self.wfile.write(json.dumps(answer or {"errors": ["refused"]}).encode())

    def log_message(self, *_):
        pass


def derive(folder, address, env):
    words = [FUGO, "key", "derive", "--root", address, "--scope", "agency/nta/1", "--registry", "scopes"]
    out = folder / "nta.key"
    out.unlink(missing_ok=True)
    done = subprocess.run([*words, "--use", "test", "--plaintext", "--out", str(out)], env=env, cwd=folder, capture_output=True, text=True)
    return done, out.read_text() if out.exists() else ""


def check(name, folder, address, env):
    done, text = derive(folder, address, env)
    assert done.returncode == 0 and f"key: {SCOPE_KEY}" in text, f"{name}: {done.stderr}"
    assert TOKEN not in done.stderr
    print(f"{name}: the known scope key", flush=True)


def of_the_page(folder, address, env):
    """The command of docs/custody.md, with the address of a key of this machine. The root key is a published one, so the key
    of the scope is a test key here."""
    [command] = page.blocks(page.section("Programs (KMS)"))
    assert command.count("'exec:") == 1 and command.startswith("fugo "), command
    command = re.sub("'exec:.*?'", lambda _: f"'{address}'", command).strip().removeprefix("fugo ")
    (folder / "nta.key").unlink(missing_ok=True)
    command = f"{FUGO} {command} --use test --plaintext"
    done = subprocess.run(["bash", "-c", command], env=env, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0 and f"key: {SCOPE_KEY}" in (folder / "nta.key").read_text(), done.stderr
    print("the command of docs/custody.md: the known scope key", flush=True)


def refused(name, folder, address, env):
    done, text = derive(folder, address, env)
    assert done.returncode == 2 and not text and TOKEN not in done.stderr, f"{name}: {done}"
    print(f"{name}: refused", flush=True)


def aws(folder, env):
    from moto.kms.models import kms_backends
    from moto.server import ThreadedMotoServer

    import boto3

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url, region = f"http://{host}:{port}", "ap-northeast-1"
    given = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": region, "AWS_ENDPOINT_URL": url, "AWS_EC2_METADATA_DISABLED": "true"}
    client = boto3.client("kms", endpoint_url=url, region_name=region, aws_access_key_id="test", aws_secret_access_key="test")
    key = client.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["KeyId"]
    kms_backends["123456789012"][region].keys[key].key_material = ROOT
    program = shutil.copy(HERE / "aws-kms", folder)
    names = " ".join(f"env={name}" for name in ["PATH", *given])
    check("AWS KMS (moto)", folder, f"exec:{names} {program} {key}", {**env, **given})
    of_the_page(folder, f"exec:{names} {program} {key}", {**env, **given})
    refused("AWS KMS (moto), another key id", folder, f"exec:{names} {program} 00000000-0000-4000-8000-000000000000", {**env, **given})
    refused("AWS KMS (moto), no credentials", folder, f"exec:env=PATH timeout=20 {program} {key}", {**env, **given})
    server.stop()


def others(folder, env):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    file = folder / "token"
    programs = {
        "Google Cloud KMS (stub)": f"{shutil.copy(HERE / 'google-kms', folder)} projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1 {url}",
        "Azure Managed HSM (stub)": f"{shutil.copy(HERE / 'azure-hsm', folder)} {url}/keys/k/1",
        "OpenBao transit (stub)": f"{shutil.copy(HERE / 'openbao', folder)} {url} transit/hmac/k",
    }
    for name, program in programs.items():
        file.write_text(TOKEN + "\n")
        address = f"exec:env=FUGO_TOKEN_FILE {program}"
        check(name, folder, address, {**env, "FUGO_TOKEN_FILE": str(file)})
        file.write_text("another token\n")
        refused(f"{name}, another access token", folder, address, {**env, "FUGO_TOKEN_FILE": str(file)})


with tempfile.TemporaryDirectory() as path:
    folder = pathlib.Path(path)
    env = {"PATH": os.environ["PATH"], "HOME": path}
    others(folder, env)
    aws(folder, env)
sys.exit(0)
