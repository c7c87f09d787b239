"""A passphrase from a Hadoop credential provider: how it is given, and the message if none is given."""

from __future__ import annotations

import unittest
from unittest import mock

from tests import shared
from tests.hadoop import JARS, store

SECRET = "合言葉 of a test"


class Credential(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        shared.cluster()
        from fugo.spark import HadoopCredential

        cls.provider = f"localjceks://file{shared.directory()}/credential.jceks"
        store(cls.provider, "fugo.test", SECRET)
        cls.credential = HadoopCredential("fugo.test", cls.provider, class_path=f"{JARS}/*")

    def refusal(self, **changes: str) -> str:
        from dataclasses import replace

        from fugo.spark import KeyNotOpened, credential

        with self.assertRaises(KeyNotOpened) as raised:
            credential.passphrase(replace(self.credential, **changes))
        return str(raised.exception)

    def test_a_passphrase_comes_as_bytes_that_can_be_overwritten(self) -> None:
        from fugo.spark import credential

        found = credential.passphrase(self.credential)
        self.assertIsInstance(found, bytearray)
        self.assertEqual(found.decode(), SECRET)

    def test_what_is_missing_is_named(self) -> None:
        self.assertIn("has no entry another", self.refusal(alias="another"))
        self.assertIn("gave no passphrase", self.refusal(provider="nothing://file/of/the/kind"))
        self.assertIn("gave no passphrase", self.refusal(class_path="/nowhere"))
        self.assertIn("Java cannot be started", self.refusal(java="/nowhere/java"))

    def test_a_provider_that_does_not_answer_is_not_waited_for_without_end(self) -> None:
        from fugo.spark import credential

        with mock.patch.object(credential, "PATIENCE", 0.1):
            self.assertIn("gave no passphrase (Java ended with -9)", self.refusal())
