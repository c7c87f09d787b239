package fugo;

import java.util.OptionalInt;

/**
 * A text cannot be normalised to twelve digits: {@code empty}, {@code scientific-notation}, {@code character},
 * {@code grouping} or {@code length}.
 */
public final class NormalizeException extends FugoException {
    private static final long serialVersionUID = 1;

    NormalizeException(String kind, String message, long offset, long found) {
        super(kind, message, offset, found);
    }

    /**
     * The position of the first character that is neither a digit nor an accepted separator.
     *
     * @return its offset in the given text, in UTF-8 bytes from 0; only of kind {@code character}
     */
    public OptionalInt offset() {
        return optional(place);
    }

    /**
     * The number of digits found.
     *
     * @return the number of digits; only of kind {@code length}
     */
    public OptionalInt found() {
        return optional(found);
    }
}
