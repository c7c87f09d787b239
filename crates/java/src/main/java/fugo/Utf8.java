package fugo;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Characters as UTF-8, without a {@link String} on the way: what is made here can be wiped. */
final class Utf8 {
    private Utf8() {}

    /** A surrogate without its other half becomes a question mark, which is no digit either. */
    static byte[] of(CharSequence text) {
        return of(text, CodingErrorAction.REPLACE);
    }

    /** A surrogate without its other half is refused: two passphrases must not become one. */
    static byte[] ofPassphrase(char[] text) {
        return of(CharBuffer.wrap(text), CodingErrorAction.REPORT);
    }

    private static byte[] of(CharSequence text, CodingErrorAction malformed) {
        byte[] ascii = new byte[text.length()];
        for (int i = 0; i < ascii.length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                Arrays.fill(ascii, (byte) 0);
                return encoded(text, malformed);
            }
            ascii[i] = (byte) c;
        }
        return ascii;
    }

    private static byte[] encoded(CharSequence text, CodingErrorAction malformed) {
        CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder().onMalformedInput(malformed);
        // Room for all of it: a buffer that grows would leave its first self behind.
        byte[] room = new byte[Math.multiplyExact(text.length(), (int) encoder.maxBytesPerChar())];
        try {
            ByteBuffer buffer = ByteBuffer.wrap(room);
            if (encoder.encode(CharBuffer.wrap(text), buffer, true).isError()) {
                throw new IllegalArgumentException("the text is not Unicode: half of a surrogate pair is missing");
            }
            return Arrays.copyOf(room, buffer.position());
        } finally {
            Arrays.fill(room, (byte) 0);
        }
    }
}
