"""Asks a Hadoop credential provider for a passphrase, on the executor.

Python workers have no JVM, so a short Java program runs on the executor's own class path, and its answer is read from a
pipe. Spark contains a compiler for it (Janino, which compiles every query), so a Java runtime is enough.
"""

from __future__ import annotations

import os
import select
import subprocess
import time
from pathlib import Path

from fugo.spark.errors import KeyNotOpened
from fugo.spark.sources import HadoopCredential

PROGRAM = Path(__file__).with_name("PrintCredential.java")
#: The exit status if the entry does not exist.
NO_ENTRY = 3
#: The most bytes that are read; a passphrase is far shorter.
LONGEST = 4096
#: Seconds until Java is stopped. A provider on a remote file system answers within a few.
PATIENCE = 120


def passphrase(credential: HadoopCredential) -> bytearray:
    """Asks the provider. The caller must overwrite the answer after use."""
    java, class_path = _java(credential)
    # Starting Java takes most of the time. The arguments hold names only.
    command = [java, "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx128m", "-cp", class_path]
    command += ["org.codehaus.janino.SimpleCompiler", str(PROGRAM), "PrintCredential"]
    command += [credential.provider, credential.alias]
    try:
        # Java's standard error could quote a store's content, so it is dropped.
        answer = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError as error:
        raise KeyNotOpened(f"Java cannot be started for the credential provider: {error.strerror}: {java}") from None
    secret = bytearray(LONGEST + 1)
    length = 0
    end = time.monotonic() + PATIENCE
    assert answer.stdout is not None
    with answer, answer.stdout as pipe:
        while length < len(secret):
            if not select.select([pipe], [], [], max(0, end - time.monotonic()))[0]:
                answer.kill()
                break
            read = os.readv(pipe.fileno(), [memoryview(secret)[length:]])
            if not read:
                break
            length += read
    del secret[length:]
    if answer.returncode == 0 and 0 < length <= LONGEST:
        return secret
    secret[:] = bytes(len(secret))
    if answer.returncode == NO_ENTRY:
        raise KeyNotOpened(f"the provider {credential.provider} has no entry {credential.alias}")
    raise KeyNotOpened(
        f"the provider {credential.provider} gave no passphrase (Java ended with {answer.returncode}): check that it"
        " exists, that this executor's user may read it, and that Hadoop's and Spark's jars are on the class path"
    )


def _java(credential: HadoopCredential) -> tuple[str, str]:
    """The Java and the class path that were described, or those of this process's executor."""
    executor = _executor()
    java, class_path = executor or (_java_at_hand(), None)
    jars = os.path.join(os.environ.get("SPARK_HOME", ""), "jars", "*")
    # YARN passes its class path in the environment, other masters on the command line.
    class_path = class_path or os.environ.get("CLASSPATH") or jars
    return credential.java or java, credential.class_path or class_path


def _java_at_hand() -> str:
    home = os.environ.get("JAVA_HOME")
    return os.path.join(home, "bin", "java") if home else "java"


def _executor() -> tuple[str, str | None] | None:
    """The Java and the class path of the nearest ancestor process that is a Java, on Linux."""
    process = os.getppid()
    try:
        while process > 1:
            place = Path("/proc") / str(process)
            program = os.readlink(place / "exe")
            if os.path.basename(program) == "java":
                return program, _class_path(place)
            # The parent is the second field after the name. The name is in parentheses and may hold any character.
            process = int((place / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        pass
    return None


def _class_path(place: Path) -> str | None:
    arguments = (place / "cmdline").read_bytes().decode(errors="surrogateescape").split("\0")
    for flag, value in zip(arguments, arguments[1:]):
        if flag in ("-cp", "-classpath", "--class-path"):
            directory = os.readlink(place / "cwd")
            return os.pathsep.join(os.path.join(directory, entry) for entry in value.split(os.pathsep) if entry)
    return None
