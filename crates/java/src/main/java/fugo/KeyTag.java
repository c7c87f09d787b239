package fugo;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * {@code KeyTag(K) := HMAC-SHA-256(K, "fugo" ‖ 0x01 ‖ "tag" ‖ 0x01)[0..4]}: identifies a key. It holds nothing
 * about a person.
 */
public final class KeyTag {
    /** Length in bytes. */
    public static final int LENGTH = 4;

    private final int number;

    KeyTag(int number) {
        this.number = number;
    }

    /**
     * Reads a tag.
     *
     * @param text 8 characters of {@code 0-9 a-f}
     * @return the tag
     * @throws IllegalArgumentException if the text is not a key tag
     */
    public static KeyTag parse(CharSequence text) {
        return new KeyTag(Native.parseTag(Utf8.of(text)));
    }

    /**
     * Makes a tag from its four bytes.
     *
     * @param bytes 4 bytes
     * @return the tag
     * @throws IllegalArgumentException if the length is not 4
     */
    public static KeyTag of(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("the length is " + bytes.length + "; a key tag has 4 bytes");
        }
        return new KeyTag(ByteBuffer.wrap(bytes).getInt());
    }

    /** The four bytes, big-endian. */
    int number() {
        return number;
    }

    /**
     * The four bytes.
     *
     * @return a new array of 4 bytes
     */
    public byte[] toBytes() {
        return ByteBuffer.allocate(LENGTH).putInt(number).array();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeyTag tag && number == tag.number;
    }

    @Override
    public int hashCode() {
        return number;
    }

    /**
     * The tag in hexadecimal.
     *
     * @return 8 characters of {@code 0-9 a-f}
     */
    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(number);
    }
}
