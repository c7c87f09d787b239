"""A passphrase from a Hadoop credential provider, asked for on the executor.

Python workers have no JVM, so a Java program of a few lines is run on the executor's own class path and its answer read
from a pipe. Spark brings the compiler for it (Janino, which compiles every query), so a Java runtime is enough.
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
#: How the program says that there is no such entry.
NO_ENTRY = 3
#: Bytes; a passphrase is far shorter.
LONGEST = 4096
#: Seconds until Java is ended; a provider on a remote file system answers within a few.
PATIENCE = 120


def passphrase(credential: HadoopCredential) -> bytearray:
    """Asks the provider. The caller overwrites the answer when it is done with it."""
    java, class_path = _java(credential)
    # Java's start is most of the cost; arguments hold names only.
    command = [java, "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx128m", "-cp", class_path]
    command += ["org.codehaus.janino.SimpleCompiler", str(PROGRAM), "PrintCredential"]
    command += [credential.provider, credential.alias]
    try:
        # What Java says on its standard error could quote a store's content and is dropped.
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
    """Java and the class path: as described, or else those of the executor that this process works for."""
    executor = _executor()
    java, class_path = executor or (_java_at_hand(), None)
    jars = os.path.join(os.environ.get("SPARK_HOME", ""), "jars", "*")
    # YARN hands its class path over in the environment, other masters on the command line.
    class_path = class_path or os.environ.get("CLASSPATH") or jars
    return credential.java or java, credential.class_path or class_path


def _java_at_hand() -> str:
    home = os.environ.get("JAVA_HOME")
    return os.path.join(home, "bin", "java") if home else "java"


def _executor() -> tuple[str, str | None] | None:
    """The Java and the class path of the nearest process above this one that is a Java, on Linux."""
    process = os.getppid()
    try:
        while process > 1:
            place = Path("/proc") / str(process)
            program = os.readlink(place / "exe")
            if os.path.basename(program) == "java":
                return program, _class_path(place)
            # The parent stands second behind the name, which is in parentheses and may hold any character.
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
