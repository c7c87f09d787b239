package fugo;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A key file: one key of either rung, what it may be used for, and its tag. An <a
 * href="https://age-encryption.org/v1">age</a> file, or for test keys its plaintext. The key is wiped on {@link
 * #close}.
 */
public final class KeyFile extends Handle {
    /** Where the file was read; null if it was not. */
    private final Path path;

    private KeyFile(long value) {
        this(value, null);
    }

    private KeyFile(long value, Path path) {
        super(value);
        this.path = path;
    }

    /**
     * Reads a file and opens it with what {@code unlock} holds. The tag is recomputed; an unknown or missing line is
     * refused, and so is a plaintext file that others can read or that holds a production key. A test key is refused
     * unless {@link Unlock#testKeys} was called.
     *
     * @param path the file
     * @param unlock what opens it
     * @return what the file says
     * @throws KeyFileException if it is not loaded
     */
    public static KeyFile load(Path path, Unlock unlock) {
        byte[] bytes = Unlock.bytes(path);
        return unlock.with(value -> KeyFileException.named(
                "key file", path, () -> new KeyFile(Native.loadKeyFile(bytes, value), path)));
    }

    /**
     * Opens a key file whose bytes are at hand, as a store of secrets gives them. The caller wipes the array.
     *
     * @param file the bytes of the file
     * @param unlock what opens it
     * @return what the file says
     * @throws KeyFileException if it is not opened
     */
    public static KeyFile open(byte[] file, Unlock unlock) {
        return unlock.with(value -> new KeyFile(Native.openKeyFile(file, value)));
    }

    /**
     * Reads a test key's file, which is not locked. A program for real numbers calls {@link #load}, which refuses it.
     *
     * @param path the file
     * @return what the file says
     * @throws KeyFileException if it is not loaded
     */
    public static KeyFile loadTestKey(Path path) {
        try (Unlock nothing = new Unlock()) {
            return load(path, nothing.testKeys());
        }
    }

    /**
     * Reads the plaintext of a key file: what is inside the encryption. The caller wipes the array. Whether it is a test
     * key is not looked at: {@link #usage} tells.
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
     * The file of a scope's key, for the same use. Its tag is recorded in the registry of scopes beside the root key's
     * file, {@code FILE.scopes}, as the command line tool records it, so that no two scopes have one tag.
     *
     * @param scope whom the key is for
     * @return the file, not written yet, to be closed on its own
     * @throws KeyFileException of kind {@code wrong-kind}, if this is not the file of a root key; of kind {@code
     *     tag-clash} or {@code other-root}, if the registry has the tag for another scope, or another tag for the scope;
     *     or if the registry cannot be read or written
     * @throws IllegalStateException if this was not read from a file; then name a registry
     */
    public KeyFile derive(Scope scope) {
        if (path == null && isRoot()) {
            throw new IllegalStateException("this key was not read from a file, beside which its registry would be: "
                    + "name the registry of scopes, derive(scope, registry)");
        }
        return derive(scope, path, true);
    }

    /**
     * The same, recorded in a registry that is named.
     *
     * @param scope whom the key is for
     * @param registry the registry of scopes; it need not be there yet
     * @return the file, not written yet, to be closed on its own
     * @throws KeyFileException as the other does
     */
    public KeyFile derive(Scope scope, Path registry) {
        return derive(scope, registry, false);
    }

    private KeyFile derive(Scope scope, Path place, boolean beside) {
        if (!isRoot()) {
            throw KeyFileException.wrongKind("this file holds a scope's key; keys derive from a root key");
        }
        byte[] bytes = scope.bytes();
        byte[] registry = Unlock.bytes(place);
        return KeyFileException.named(beside ? "registry of" : "registry", place,
                () -> new KeyFile(with(value -> Native.deriveKeyFile(value, bytes, registry, beside))));
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
    public Use usage() {
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
