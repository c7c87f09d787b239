package fugo;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Characters as UTF-8, without a {@link String} on the way: what is made here can be wiped. */
final class Utf8 {
    private Utf8() {}

    /** A surrogate without its other half becomes a question mark, which is no digit either. */
    static byte[] of(CharSequence text) {
        byte[] ascii = new byte[text.length()];
        for (int i = 0; i < ascii.length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                Arrays.fill(ascii, (byte) 0);
                return encoded(text);
            }
            ascii[i] = (byte) c;
        }
        return ascii;
    }

    static byte[] of(char[] text) {
        return of(CharBuffer.wrap(text));
    }

    private static byte[] encoded(CharSequence text) {
        CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder().onMalformedInput(CodingErrorAction.REPLACE);
        ByteBuffer buffer;
        try {
            buffer = encoder.encode(CharBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            throw new AssertionError("UTF-8 has every character", e);
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        Arrays.fill(buffer.array(), (byte) 0);
        return bytes;
    }
}
