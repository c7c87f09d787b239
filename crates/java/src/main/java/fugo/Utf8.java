package fugo;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Encodes characters as UTF-8 without a {@link String}, so that every copy can be wiped. */
final class Utf8 {
    private Utf8() {}

    /** An unpaired surrogate becomes a question mark, which is not a digit either. */
    static byte[] of(CharSequence text) {
        return of(text, CodingErrorAction.REPLACE);
    }

    /** An unpaired surrogate is refused: otherwise two passphrases could be encoded as one. */
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
        // Large enough from the start: a buffer that grows would leave an unwiped copy.
        byte[] room = new byte[Math.multiplyExact(text.length(), (int) encoder.maxBytesPerChar())];
        try {
            ByteBuffer buffer = ByteBuffer.wrap(room);
            if (encoder.encode(CharBuffer.wrap(text), buffer, true).isError()) {
                throw new IllegalArgumentException("the text is not Unicode: a surrogate is unpaired");
            }
            return Arrays.copyOf(room, buffer.position());
        } finally {
            Arrays.fill(room, (byte) 0);
        }
    }
}
