import base64
import unittest

from tests.search import Search


class TheSearch(unittest.TestCase):
    def test_a_secret_is_found_in_every_form_and_at_every_offset(self) -> None:
        secret = bytes(range(7, 250, 8))
        search = Search(secret)
        for offset in range(6):
            padded = b"\x55" * offset + secret + b"\x66" * offset
            for text in (padded, padded.hex().encode(), base64.b64encode(padded), base64.urlsafe_b64encode(padded)):
                self.assertTrue(search(b"before " + text + b" behind"), offset)
        self.assertTrue(search(repr(secret).encode()))
        self.assertTrue(Search(b"pass phrase")("pass phrase".encode("utf-16-le")))

    def test_another_secret_is_not_found(self) -> None:
        secret = bytes(range(7, 250, 8))
        other = bytes(reversed(secret))
        for text in (other, other.hex().encode(), base64.b64encode(other), repr(other).encode()):
            self.assertFalse(Search(secret)(text))
