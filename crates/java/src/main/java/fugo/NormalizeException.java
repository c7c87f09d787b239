package fugo;

import java.util.OptionalInt;

/**
 * Why a text is not twelve digits even leniently: {@code empty}, {@code scientific-notation}, {@code character},
 * {@code grouping} or {@code length}.
 */
public final class NormalizeException extends FugoException {
    private static final long serialVersionUID = 1;

    NormalizeException(String kind, String message, long offset, long found) {
        super(kind, message, offset, found);
    }

    /**
     * Where the first character stands that is neither a digit nor an accepted separator.
     *
     * @return its offset in UTF-8 bytes in the text as it was given, from 0; only of kind {@code character}
     */
    public OptionalInt offset() {
        return optional(place);
    }

    /**
     * How many digits there are.
     *
     * @return the number of digits; only of kind {@code length}
     */
    public OptionalInt found() {
        return optional(found);
    }
}
