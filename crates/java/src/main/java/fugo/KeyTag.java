package fugo;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * {@code KeyTag(K) := HMAC-SHA-256(K, "fugo" ‖ 0x01 ‖ "tag" ‖ 0x01)[0..4]}: names a key and says nothing of a person.
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
     * @throws IllegalArgumentException if the text is anything else
     */
    public static KeyTag parse(CharSequence text) {
        return new KeyTag(Native.parseTag(Utf8.of(text)));
    }

    /**
     * Takes the four bytes of a tag.
     *
     * @param bytes 4 bytes
     * @return the tag
     * @throws IllegalArgumentException if there are not 4
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
     * The tag as it is written.
     *
     * @return 8 characters of {@code 0-9 a-f}
     */
    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(number);
    }
}
