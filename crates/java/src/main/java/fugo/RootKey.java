package fugo;

/**
 * A root key: 32 uniform random bytes. Whoever has it can derive every symbol of every scope.
 *
 * <p>The bytes are stored outside Java's heap and are wiped on {@link #close}. Two root keys compare in constant time.
 */
public final class RootKey extends Handle {
    /** Length of every key in bytes. */
    public static final int LENGTH = 32;

    RootKey(long value) {
        super(value);
    }

    /**
     * Makes a key from the operating system's random generator.
     *
     * @return the key
     */
    public static RootKey random() {
        return new RootKey(Native.rootRandom());
    }

    /**
     * Makes a key from 32 uniform random bytes. The caller wipes its own copy.
     *
     * @param bytes 32 bytes
     * @return the key
     * @throws IllegalArgumentException if the length is not 32
     */
    public static RootKey of(byte[] bytes) {
        return new RootKey(Native.rootFromBytes(checked(bytes)));
    }

    static byte[] checked(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("the length is " + bytes.length + "; a key has 32 bytes");
        }
        return bytes;
    }

    /**
     * {@code ScopeKey := HKDF-Expand-SHA-256(PRK = RootKey, info = Label, L = 32)} (RFC 5869 §2.3), which is the one
     * HMAC {@code HMAC-SHA-256(RootKey, Label ‖ 0x01)}.
     *
     * @param scope the scope of the key
     * @return the scope key, to be closed separately
     */
    public ScopeKey scopeKey(Scope scope) {
        byte[] bytes = scope.bytes();
        return with(value -> new ScopeKey(Native.scopeKey(value, bytes)));
    }

    /**
     * {@code HMAC-SHA-256(RootKey, "fugo" ‖ 0x01 ‖ "tag" ‖ 0x01)[0..4]}.
     *
     * @return the tag
     */
    public KeyTag tag() {
        return with(value -> new KeyTag(Native.tag(value)));
    }

    /**
     * Compares with another object in constant time.
     *
     * @param other the object to compare with
     * @return true if it is the same key
     * @throws IllegalStateException if one of the two is closed, and they are not the same object
     */
    @Override
    public boolean equals(Object other) {
        return this == other
                || other instanceof RootKey key && with(mine -> key.with(theirs -> Native.sameKey(mine, theirs)));
    }

    /**
     * The key tag as a number.
     *
     * @return the hash
     * @throws IllegalStateException if the key is closed
     */
    @Override
    public int hashCode() {
        return tag().hashCode();
    }
}
