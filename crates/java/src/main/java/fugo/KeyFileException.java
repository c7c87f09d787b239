package fugo;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * Why a key file is not loaded or not made, or a passphrase or identity file not taken.
 *
 * <p>What is inside: {@code unknown-line}, {@code missing-line}, {@code bad-value}, {@code tag-mismatch}. The file:
 * {@code not-a-key-file}, {@code damaged}, {@code too-large}, {@code others-can-read}, {@code plaintext-production},
 * {@code exists}, {@code io}. Its lock: {@code passphrase-needed}, {@code wrong-passphrase}, {@code identity-needed},
 * {@code wrong-identity}, {@code excessive-work}. Files of secrets: {@code not-text}, {@code empty}, {@code identity}.
 * A registry of scopes: {@code tag-clash}, {@code other-root}, {@code line}. A lock that locks nothing: {@code empty-passphrase}, {@code no-recipient}. Another rung's key than was asked for:
 * {@code wrong-kind}.
 */
public final class KeyFileException extends FugoException {
    private static final long serialVersionUID = 1;

    /** As text, which can be serialized; null for none. */
    private final String path;

    KeyFileException(String kind, String message, long line, long found) {
        this(kind, message, line, found, null);
    }

    private KeyFileException(String kind, String message, long line, long found, String path) {
        super(kind, message, line, found);
        this.path = path;
    }

    static KeyFileException wrongKind(String message) {
        return new KeyFileException("wrong-kind", message, -1, -1);
    }

    /** Names the file in what {@code use} throws. */
    static <T> T named(String what, Path path, Supplier<T> use) {
        try {
            return use.get();
        } catch (KeyFileException e) {
            String message = what + " " + path + ": " + e.getMessage();
            throw new KeyFileException(e.kind(), message, e.place, e.found, path.toString());
        }
    }

    /**
     * The file at fault: a key file, a passphrase file or an identity file; the message says which.
     *
     * @return its path as it was given; none where no file was being read or made
     */
    public Optional<Path> path() {
        return Optional.ofNullable(path).map(Path::of);
    }

    /**
     * The line at fault.
     *
     * @return its number, from 1; only of what is inside a key file, and of kind {@code identity}
     */
    public OptionalInt line() {
        return optional(place);
    }

    /**
     * The scrypt work that the file takes, as binary logarithm: at most 20 is accepted, and at least 17 for a production
     * key.
     *
     * @return the logarithm found; only of kind {@code excessive-work} or {@code insufficient-work}
     */
    public OptionalInt found() {
        return kind().endsWith("-work") ? optional(found) : OptionalInt.empty();
    }

    /**
     * The error number that the system gave.
     *
     * @return the number; only of kind {@code io}
     */
    public OptionalInt systemError() {
        return kind().equals("io") ? optional(found) : OptionalInt.empty();
    }
}
