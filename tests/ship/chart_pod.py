"""A pod's folders as the kubelet arranges them, below a folder of the test's own, and the gateway in them."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

BOUND_S = 60


class Pod:
    """Mounts what the objects say is mounted, so that a path which no mount has leads nowhere."""

    def __init__(self, folder, documents):
        self.folder = folder
        spec = next(document for document in documents if document["apiVersion"] == "apps/v1")["spec"]
        config_maps = {document["metadata"]["name"]: document["data"] for document in documents if document["kind"] == "ConfigMap"}
        volumes = {volume["name"]: volume for volume in spec["template"]["spec"]["volumes"]}
        container = spec["template"]["spec"]["containers"][0]
        for mount in container["volumeMounts"]:
            place = self.inside(mount["mountPath"])
            volume = volumes.get(mount["name"], {})
            if "secret" in volume:
                Volume(place, volume["secret"]["defaultMode"]).exchange(secrets(folder)[volume["secret"]["secretName"]])
            elif "configMap" in volume:
                name = volume["configMap"]["name"]
                files = config_maps.get(name) or {"ca.pem": secrets(folder)["clients"]["ca.crt"]}
                Volume(place).exchange({name: self.moved(text) for name, text in files.items()})
            else:
                assert mount["name"] in [claim["metadata"]["name"] for claim in spec["volumeClaimTemplates"]], mount["name"]
                place.mkdir(parents=True)
        self.config = self.inside(container["args"][-1])

    def inside(self, path):
        return self.folder / path.lstrip("/")

    def moved(self, text):
        return re.sub(r'"(/(?:etc|var/lib)/empego-gateway/)', lambda path: f'"{self.folder}{path.group(1)}', text)


class Volume:
    """A ConfigMap's or Secret's volume: names that are links into a folder, which is exchanged by renaming one link."""

    def __init__(self, path, mode=0o444):
        self.path, self.mode = path, mode

    def exchange(self, files):
        self.path.mkdir(parents=True, exist_ok=True)
        before = (self.path / "..data").resolve() if (self.path / "..data").exists() else None
        folder = pathlib.Path(tempfile.mkdtemp(prefix="..", dir=self.path))
        folder.chmod(0o755)
        for name, text in files.items():
            (folder / name).write_text(text)
            (folder / name).chmod(self.mode)
        (self.path / "..data_tmp").symlink_to(folder.name)
        (self.path / "..data_tmp").rename(self.path / "..data")
        for name in files:
            if not (self.path / name).is_symlink():
                (self.path / name).symlink_to(f"..data/{name}")
        if before:
            shutil.rmtree(before)


def secrets(folder):
    """What the Secrets of all files of values have in them."""
    certificate = folder / "certificate.pem"
    if not certificate.exists():
        make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=tests", "-days", "2"]
        subprocess.run([*make, "-keyout", folder / "key.pem", "-out", certificate], capture_output=True, check=True)
    return {
        "gateway": {"api-key": "key", "audit-keys": f"k1 {'A' * 42}E=\n"},
        "database": {"url": "postgresql://gateway:password@db.example:5432/gateway"},
        "tls": {"tls.crt": certificate.read_text(), "tls.key": (folder / "key.pem").read_text()},
        "clients": {"ca.crt": certificate.read_text()},
    }


class Gateway:
    def __init__(self, log, child):
        self.log, self.child = log, child
        self.address = self.logs('"message":"listening"', '"address":"([^"]*)"')

    def logs(self, wanted, *more):
        """Waits for an entry of the log, and returns what a pattern finds in it."""
        end = time.monotonic() + BOUND_S
        while time.monotonic() < end:
            for line in self.log.read_text().splitlines():
                if re.search(wanted, line):
                    return re.search(more[0], line).group(1) if more else line
            assert self.child.poll() is None, self.log.read_text()
            time.sleep(0.05)  # until the next look
        raise AssertionError(f"no {wanted} in {self.log.read_text()}")

    def launch(self, key):
        """The code that a launch with this key ends with."""
        body = {"clinician": {"userId": "u1", "firstName": "A", "lastName": "B", "email": "a@ehr.example", "licenseNumber": "1"}}
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        url = f"http://{self.address}/v1/embeddable/consultation/dashboard"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(urllib.request.Request(url, json.dumps(body).encode(), headers), timeout=BOUND_S):
                return "ok"
        except urllib.error.HTTPError as refused:
            return json.loads(refused.read())["code"]

    def becomes(self, key, code):
        end = time.monotonic() + BOUND_S
        while (last := self.launch(key)) != code:
            assert time.monotonic() < end, f"{last}, not {code}: {self.log.read_text()}"
            time.sleep(0.05)  # until the next look


@contextlib.contextmanager
def serving(program, config):
    """The gateway with this configuration, in front of nothing; it ends with the block."""
    # Not in a folder that is watched.
    log = config.parent.parent / "log"
    overrides = {"GATEWAY__EMPEGO__BASE_URL": "http://127.0.0.1:9", "GATEWAY__LOG__FORMAT": "json"}
    with log.open("w") as output:
        child = subprocess.Popen([program, "serve", "--config", config], stdout=output, stderr=output, env={**os.environ, **overrides})
    try:
        yield Gateway(log, child)
    finally:
        child.terminate()
        ended = child.wait(BOUND_S)
    assert ended == 0, f"{ended}: {log.read_text()}"
