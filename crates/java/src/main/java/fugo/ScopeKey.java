package fugo;

/**
 * A scope key: the key of one purpose, scope id and epoch. Whoever has it can find the numbers of that scope's symbols
 * by trying all 10<sup>11</sup> numbers, which takes hours on one machine.
 *
 * <p>The bytes are stored outside Java's heap and are wiped on {@link #close}. Two scope keys compare in constant time.
 */
public final class ScopeKey extends Handle {
    private final Scope scope;

    ScopeKey(long value) {
        super(value);
        scope = Scope.parse(with(Native::scopeOf));
    }

    /**
     * Makes a key from the 32 bytes that were derived for its scope elsewhere, for example in an HSM. The caller wipes
     * its own copy.
     *
     * @param scope the scope of the key
     * @param bytes 32 bytes
     * @return the key
     * @throws IllegalArgumentException if the length is not 32
     */
    public static ScopeKey of(Scope scope, byte[] bytes) {
        return new ScopeKey(Native.scopeKeyFromBytes(scope.bytes(), RootKey.checked(bytes)));
    }

    /**
     * The scope of the key.
     *
     * @return the scope
     * @throws IllegalStateException if the key is closed
     */
    public Scope scope() {
        value();
        return scope;
    }

    /**
     * {@code HMAC-SHA-256(ScopeKey, "fugo" ‖ 0x01 ‖ "tag" ‖ 0x01)[0..4]}.
     *
     * @return the tag
     */
    public KeyTag tag() {
        return with(value -> new KeyTag(Native.tag(value)));
    }

    /**
     * Compares bytes and scope with another object in constant time.
     *
     * @param other the object to compare with
     * @return true if it is the same key of the same scope
     * @throws IllegalStateException if one of the two is closed, and they are not the same object
     * @throws KeyFileException of kind {@code no-bytes}, if a token keeps one of the two, and they are not the same object
     */
    @Override
    public boolean equals(Object other) {
        return this == other
                || other instanceof ScopeKey key && with(mine -> key.with(theirs -> Native.sameKey(mine, theirs)));
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
