package fugo;

import java.util.OptionalInt;

/**
 * An input that is refused. Says what was allowed and where, never the value.
 *
 * <p>Unchecked, as {@link NumberFormatException} and {@link java.time.format.DateTimeParseException} are: numbers are
 * parsed in streams and lambdas, and a caller that handles bad rows handles all of them in one place.
 */
public abstract class FugoException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** One word of a closed vocabulary. */
    private final String kind;

    /** Offset, line or index; −1 for none. */
    final long place;

    /** What was found instead of what is allowed; −1 for none. */
    final long found;

    FugoException(String kind, String message, long place, long found) {
        super(message);
        this.kind = kind;
        this.place = place;
        this.found = found;
    }

    static OptionalInt optional(long number) {
        return number < 0 ? OptionalInt.empty() : OptionalInt.of(Math.toIntExact(number));
    }

    /**
     * The reason as one word of a closed vocabulary, such as {@code check-digit}: the same in every language, file and
     * vector.
     *
     * @return the word
     */
    public final String kind() {
        return kind;
    }
}
