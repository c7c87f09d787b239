package fugo;

import java.util.OptionalInt;

/**
 * Why a key file is not loaded or not made, or a passphrase or identity file not taken.
 *
 * <p>What is inside: {@code unknown-line}, {@code missing-line}, {@code bad-value}, {@code tag-mismatch}. The file:
 * {@code not-a-key-file}, {@code damaged}, {@code too-large}, {@code others-can-read}, {@code plaintext-production},
 * {@code exists}, {@code io}. Its lock: {@code passphrase-needed}, {@code wrong-passphrase}, {@code identity-needed},
 * {@code wrong-identity}, {@code excessive-work}. Files of secrets: {@code not-text}, {@code empty}, {@code identity}.
 * A lock that locks nothing: {@code empty-passphrase}, {@code no-recipient}.
 */
public final class KeyFileException extends FugoException {
    private static final long serialVersionUID = 1;

    KeyFileException(String kind, String message, long line, long found) {
        super(kind, message, line, found);
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
     * The scrypt work that the file asks for, as binary logarithm; at most 20 is accepted.
     *
     * @return the logarithm found; only of kind {@code excessive-work}
     */
    public OptionalInt found() {
        return optional(found);
    }
}
