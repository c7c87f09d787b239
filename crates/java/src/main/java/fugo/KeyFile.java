package fugo;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A key file: one key of either rung, what it may be used for, and its tag. An <a
 * href="https://age-encryption.org/v1">age</a> file, or for test keys its plaintext. The key is wiped on {@link
 * #close}.
 */
public final class KeyFile extends Handle {
    private KeyFile(long value) {
        super(value);
    }

    /**
     * Reads a file and opens it with what {@code unlock} holds. The tag is recomputed; an unknown or missing line is
     * refused, and so is a plaintext file that others can read or that holds a production key.
     *
     * @param path the file
     * @param unlock what opens it
     * @return what the file says
     * @throws KeyFileException if it is not loaded
     */
    public static KeyFile load(Path path, Unlock unlock) {
        byte[] bytes = Unlock.bytes(path);
        return unlock.with(value -> KeyFileException.named(
                "key file", path, () -> new KeyFile(Native.loadKeyFile(bytes, value))));
    }

    /**
     * Reads a test key's file, which is not locked.
     *
     * @param path the file
     * @return what the file says
     * @throws KeyFileException if it is not loaded
     */
    public static KeyFile load(Path path) {
        try (Unlock nothing = new Unlock()) {
            return load(path, nothing);
        }
    }

    /**
     * Reads the plaintext of a key file: what is inside the encryption. The caller wipes the array.
     *
     * @param plaintext the lines
     * @return what they say
     * @throws KeyFileException if they are no key file
     */
    public static KeyFile parse(byte[] plaintext) {
        return new KeyFile(Native.parseKeyFile(plaintext));
    }

    /**
     * The file of a root key.
     *
     * @param key the key, which may be closed afterwards
     * @param use what it may be used for
     * @return the file, not written yet
     */
    public static KeyFile of(RootKey key, Use use) {
        boolean production = production(use);
        return key.with(value -> new KeyFile(Native.keyFile(value, production)));
    }

    /**
     * The file of a scope's key.
     *
     * @param key the key, which may be closed afterwards
     * @param use what it may be used for
     * @return the file, not written yet
     */
    public static KeyFile of(ScopeKey key, Use use) {
        boolean production = production(use);
        return key.with(value -> new KeyFile(Native.keyFile(value, production)));
    }

    private static boolean production(Use use) {
        return switch (use) {
            case PRODUCTION -> true;
            case TEST -> false;
        };
    }

    /**
     * Writes a new file, readable by its owner only: whole or not at all. A file that exists is never replaced.
     *
     * @param path the file
     * @param seal how it is locked
     * @throws KeyFileException if it is not made
     */
    public void create(Path path, Seal seal) {
        byte[] bytes = Unlock.bytes(path);
        with(file -> seal.with(value -> KeyFileException.named("key file", path, () -> {
            Native.createKeyFile(file, bytes, value);
            return null;
        })));
    }

    /**
     * The file of a scope's key, for the same use.
     *
     * @param scope whom the key is for
     * @return the file, not written yet, to be closed on its own
     * @throws KeyFileException of kind {@code wrong-kind}, if this is not the file of a root key
     */
    public KeyFile derive(Scope scope) {
        byte[] bytes = scope.bytes();
        long derived = with(value -> Native.deriveKeyFile(value, bytes));
        if (derived == 0) {
            throw KeyFileException.wrongKind("this file holds a scope's key; keys derive from a root key");
        }
        return new KeyFile(derived);
    }

    /**
     * The scope that the key is of.
     *
     * @return the scope; none for a root key
     */
    public Optional<Scope> scope() {
        return Optional.ofNullable(with(Native::scopeOf)).map(Scope::parse);
    }

    /**
     * Whether the key is a root key.
     *
     * @return whether {@link #rootKey} gives it, and not {@link #scopeKey}
     */
    public boolean isRoot() {
        return scope().isEmpty();
    }

    /**
     * The root key.
     *
     * @return the key, to be closed on its own
     * @throws KeyFileException of kind {@code wrong-kind}, if the file holds a scope's key
     */
    public RootKey rootKey() {
        if (!isRoot()) {
            throw KeyFileException.wrongKind("this file holds a scope's key, not a root key");
        }
        return with(value -> new RootKey(Native.keyOf(value)));
    }

    /**
     * The scope's key.
     *
     * @return the key, to be closed on its own
     * @throws KeyFileException of kind {@code wrong-kind}, if the file holds a root key
     */
    public ScopeKey scopeKey() {
        if (isRoot()) {
            throw KeyFileException.wrongKind("this file holds a root key, not a scope's key");
        }
        return with(value -> new ScopeKey(Native.keyOf(value)));
    }

    /**
     * What the key may be used for.
     *
     * @return production or test
     */
    public Use use() {
        return with(value -> Native.isProduction(value) ? Use.PRODUCTION : Use.TEST);
    }

    /**
     * The key's tag.
     *
     * @return the tag
     */
    public KeyTag tag() {
        return with(value -> new KeyTag(Native.tag(value)));
    }
}
