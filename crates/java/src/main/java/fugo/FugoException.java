package fugo;

import java.util.OptionalInt;

/**
 * An input was refused. The message says what was allowed and where. It never holds the value.
 *
 * <p>It is unchecked, like {@link NumberFormatException} and {@link java.time.format.DateTimeParseException}: numbers
 * are parsed in streams and lambdas, and a caller usually handles all bad rows in one place.
 */
public abstract class FugoException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The reason, as one word of a fixed list. */
    private final String kind;

    /** The offset, line or index; −1 if absent. */
    final long place;

    /** The value that was found, such as a length; −1 if absent. */
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
     * The reason, as one word of a fixed list, such as {@code check-digit}. The words are the same in every binding,
     * file and test vector.
     *
     * @return the word
     */
    public final String kind() {
        return kind;
    }
}
