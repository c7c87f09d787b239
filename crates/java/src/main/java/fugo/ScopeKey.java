package fugo;

/**
 * The key of one scope: one purpose, id and epoch. Whoever holds it can undo that scope's symbols by trying all
 * 10<sup>11</sup> numbers, in hours on one machine.
 *
 * <p>The bytes live outside Java's heap and are wiped on {@link #close}. Two scope keys compare in constant time.
 */
public final class ScopeKey extends Handle {
    private final Scope scope;

    ScopeKey(long value) {
        super(value);
        scope = Scope.parse(with(Native::scopeOf));
    }

    /**
     * Takes a scope and the 32 bytes that {@link RootKey#scopeKey} made for it. The caller wipes its own copy.
     *
     * @param scope whom the key is for
     * @param bytes 32 bytes
     * @return the key
     * @throws IllegalArgumentException if there are not 32
     */
    public static ScopeKey of(Scope scope, byte[] bytes) {
        return new ScopeKey(Native.scopeKeyFromBytes(scope.bytes(), RootKey.checked(bytes)));
    }

    /**
     * Whom the key is for.
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
     * Whether the other is the same key of the same scope, in constant time.
     *
     * @param other what to compare with
     * @return whether it is the same key
     * @throws IllegalStateException if one of the two is closed, and they are not the same object
     */
    @Override
    public boolean equals(Object other) {
        return this == other
                || other instanceof ScopeKey key && with(mine -> key.with(theirs -> Native.sameKey(mine, theirs)));
    }

    /**
     * The key's tag as a number.
     *
     * @return the hash
     * @throws IllegalStateException if the key is closed
     */
    @Override
    public int hashCode() {
        return tag().hashCode();
    }
}
