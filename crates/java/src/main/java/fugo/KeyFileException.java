package fugo;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * A key file, passphrase file, identity file or registry of scopes cannot be read or written. The kinds are:
 *
 * <p>The plaintext: {@code unknown-line}, {@code missing-line}, {@code bad-value}, {@code tag-mismatch}. The file:
 * {@code not-a-key-file}, {@code damaged}, {@code too-large}, {@code others-can-read}, {@code plaintext-production},
 * {@code exists}, {@code io}. Its lock: {@code passphrase-needed}, {@code wrong-passphrase}, {@code identity-needed},
 * {@code wrong-identity}, {@code excessive-work}. Passphrase and identity files: {@code not-text}, {@code empty},
 * {@code identity}. A registry of scopes: {@code tag-clash}, {@code other-root}, {@code line}, {@code date-order},
 * {@code destroyed}. A lock that anybody or nobody could open: {@code empty-passphrase}, {@code no-recipient}. A root
 * key where a scope key is needed, or the reverse: {@code wrong-kind}. An address: {@code address}, {@code program}. A
 * token: {@code token-module}, {@code no-token}, {@code pin-needed}, {@code wrong-pin}, {@code pin-locked}, {@code
 * no-key}, {@code session-lost}, {@code token}, and {@code no-bytes} for a call that needs the bytes of a key in a token.
 */
public final class KeyFileException extends FugoException {
    private static final long serialVersionUID = 1;

    /** As text, because a {@code Path} cannot be serialized; null if absent. */
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

    /** Adds the name of the file to the exception that {@code use} throws. */
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
     * @return its path as it was given; empty if no file was read or written
     */
    public Optional<Path> path() {
        return Optional.ofNullable(path).map(Path::of);
    }

    /**
     * The line at fault.
     *
     * @return its number, from 1; only for the plaintext of a key file, and of kind {@code identity}
     */
    public OptionalInt line() {
        return optional(place);
    }

    /**
     * The scrypt work that the file needs, as binary logarithm. At most 20 is accepted, and at least 17 for a
     * production key.
     *
     * @return the logarithm found; only of kind {@code excessive-work} or {@code insufficient-work}
     */
    public OptionalInt found() {
        return kind().endsWith("-work") ? optional(found) : OptionalInt.empty();
    }

    /**
     * The error number of the operating system.
     *
     * @return the number; only of kind {@code io}
     */
    public OptionalInt systemError() {
        return kind().equals("io") ? optional(found) : OptionalInt.empty();
    }
}
