package fugo;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A key file: one root key or scope key, its permitted use, and its tag. It is an <a
 * href="https://age-encryption.org/v1">age</a> file. The file of a test key may be plaintext. The key is wiped on
 * {@link #close}.
 */
public final class KeyFile extends Handle {
    /** The path that the file was read from; null if it was not read from a file. */
    private final Path path;

    private KeyFile(long value) {
        this(value, null);
    }

    private KeyFile(long value, Path path) {
        super(value);
        this.path = path;
    }

    /**
     * Reads a file and opens it with {@code unlock}. The tag is recomputed and compared. Refused are: an unknown or
     * missing line; a plaintext file that others can read or that holds a production key; and a test key, unless
     * {@link Unlock#testKeys} was called.
     *
     * @param path the file
     * @param unlock opens it
     * @return the content of the file
     * @throws KeyFileException if it cannot be loaded
     */
    public static KeyFile load(Path path, Unlock unlock) {
        byte[] bytes = Unlock.bytes(path);
        return unlock.with(value -> KeyFileException.named(
                "key file", path, () -> new KeyFile(Native.loadKeyFile(bytes, value), path)));
    }

    /**
     * The key at an address (docs/custody.md): the path of a key file, {@code exec:} and a program, or a {@code pkcs11:}
     * URI (RFC 7512).
     *
     * <p>A program MACs with the root key. Before {@code @exec:} there must be the scope and the tag of the key, such as
     * {@code agency/nta/1=7c2cb2a1@exec:/usr/local/lib/mac}; the tag confirms the answer. A root key in a token needs them
     * too.
     *
     * <p>The key of a scope in a token stays there. This object and its {@link #scopeKey} have no bytes of it, and the
     * token derives each symbol; calls that need bytes throw a {@link KeyFileException} of kind {@code no-bytes}. Calls
     * that derive throw one of kind {@code session-lost} or {@code token} if the token fails. The PIN is in the file or the
     * descriptor that {@code pin-source} names, and never in the address.
     *
     * <p>The program and the token's module run as the user of this process, so take no address from others.
     *
     * @param address where the key is
     * @param unlock opens a key file, and says whether test keys are accepted
     * @return the key
     * @throws KeyFileException if there is no such key: the kinds are also {@code address} and {@code program}, and of a
     *     token {@code token-module}, {@code no-token}, {@code pin-needed}, {@code wrong-pin}, {@code pin-locked}, {@code
     *     no-key}, {@code session-lost} and {@code token}
     */
    public static KeyFile at(String address, Unlock unlock) {
        byte[] bytes = address.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return unlock.with(value -> new KeyFile(Native.keyFileAt(bytes, value)));
    }

    /**
     * Opens a key file from its bytes, for example from a secret store. The caller wipes the array.
     *
     * @param file the bytes of the file
     * @param unlock opens it
     * @return the content of the file
     * @throws KeyFileException if it cannot be opened
     */
    public static KeyFile open(byte[] file, Unlock unlock) {
        return unlock.with(value -> new KeyFile(Native.openKeyFile(file, value)));
    }

    /**
     * Reads the file of a test key that is not locked. A program for real numbers must call {@link #load}, which
     * refuses test keys.
     *
     * @param path the file
     * @return the content of the file
     * @throws KeyFileException if it cannot be loaded
     */
    public static KeyFile loadTestKey(Path path) {
        try (Unlock nothing = new Unlock()) {
            return load(path, nothing.testKeys());
        }
    }

    /**
     * Reads the plaintext of a key file, already decrypted. The caller wipes the array. Test keys are accepted: call
     * {@link #usage} to learn the permitted use.
     *
     * @param plaintext the lines
     * @return the content of the file
     * @throws KeyFileException if the lines are not a key file
     */
    public static KeyFile parse(byte[] plaintext) {
        return new KeyFile(Native.parseKeyFile(plaintext));
    }

    /**
     * A new key file for a root key.
     *
     * @param key the key, which may be closed afterwards
     * @param use its permitted use
     * @return the file, not written yet
     */
    public static KeyFile of(RootKey key, Use use) {
        boolean production = production(use);
        return key.with(value -> new KeyFile(Native.keyFile(value, production)));
    }

    /**
     * A new key file for a scope key.
     *
     * @param key the key, which may be closed afterwards
     * @param use its permitted use
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
     * Writes a new file, readable by its owner only, completely or not at all. A file that exists is never replaced.
     *
     * @param path the file
     * @param seal how it is locked
     * @throws KeyFileException if it cannot be written
     */
    public void create(Path path, Seal seal) {
        byte[] bytes = Unlock.bytes(path);
        with(file -> seal.with(value -> KeyFileException.named("key file", path, () -> {
            Native.createKeyFile(file, bytes, value);
            return null;
        })));
    }

    /**
     * Derives a scope key and returns a new key file for it, with the same permitted use. The key tag is recorded in
     * the registry of scopes, as the command-line tool does, so that no two scopes have the same tag. The registry is
     * in the same folder as the root key's file and is named {@code FILE.scopes}.
     *
     * @param scope the scope of the key
     * @return the file, not written yet, to be closed separately
     * @throws KeyFileException of kind {@code wrong-kind}, if this is not the file of a root key; of kind {@code
     *     tag-clash} or {@code other-root}, if the registry has the tag for another scope, or another tag for the
     *     scope; of kind {@code destroyed}, if it says that the scope's key was destroyed; or if the registry cannot be
     *     read or written. There is no clock here: the dates of the registry are not checked
     * @throws IllegalStateException if this was not read from a file; then call {@link #derive(Scope, Path)}
     */
    public KeyFile derive(Scope scope) {
        if (path == null && isRoot()) {
            throw new IllegalStateException("this key was not read from a file, so there is no default registry; "
                    + "name the registry of scopes: derive(scope, registry)");
        }
        return derive(scope, path, true);
    }

    /**
     * The same, but with the given registry.
     *
     * @param scope the scope of the key
     * @param registry the registry of scopes; it is created if it does not exist
     * @return the file, not written yet, to be closed separately
     * @throws KeyFileException for the same reasons
     */
    public KeyFile derive(Scope scope, Path registry) {
        return derive(scope, registry, false);
    }

    private KeyFile derive(Scope scope, Path place, boolean beside) {
        if (!isRoot()) {
            throw KeyFileException.wrongKind("the file holds a scope key; only a root key derives keys");
        }
        byte[] bytes = scope.bytes();
        byte[] registry = Unlock.bytes(place);
        return KeyFileException.named(beside ? "registry of" : "registry", place,
                () -> new KeyFile(with(value -> Native.deriveKeyFile(value, bytes, registry, beside))));
    }

    /**
     * The scope of the key.
     *
     * @return the scope; empty for a root key
     */
    public Optional<Scope> scope() {
        return Optional.ofNullable(with(Native::scopeOf)).map(Scope::parse);
    }

    /**
     * Says whether the key is a root key.
     *
     * @return true for a root key, false for a scope key
     */
    public boolean isRoot() {
        return scope().isEmpty();
    }

    /**
     * The root key.
     *
     * @return the key, to be closed separately
     * @throws KeyFileException of kind {@code wrong-kind}, if the file holds a scope key
     */
    public RootKey rootKey() {
        if (!isRoot()) {
            throw KeyFileException.wrongKind("the file holds a scope key, not a root key");
        }
        return with(value -> new RootKey(Native.keyOf(value)));
    }

    /**
     * The scope key.
     *
     * @return the key, to be closed separately
     * @throws KeyFileException of kind {@code wrong-kind}, if the file holds a root key
     */
    public ScopeKey scopeKey() {
        if (isRoot()) {
            throw KeyFileException.wrongKind("the file holds a root key, not a scope key");
        }
        return with(value -> new ScopeKey(Native.keyOf(value)));
    }

    /**
     * The permitted use of the key.
     *
     * @return production or test
     */
    public Use usage() {
        return with(value -> Native.isProduction(value) ? Use.PRODUCTION : Use.TEST);
    }

    /**
     * The key tag.
     *
     * @return the tag
     */
    public KeyTag tag() {
        return with(value -> new KeyTag(Native.tag(value)));
    }
}
