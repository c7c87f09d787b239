package fugo;

import java.util.OptionalInt;

/**
 * A text is not a valid {@link MyNumber}, or not an eleven-digit body. The kind is the first that applies of {@code
 * non-digit}, {@code length}, {@code check-digit} and {@code never-issued}.
 */
public final class MyNumberException extends FugoException {
    private static final long serialVersionUID = 1;

    /** The row of a batch; −1 if absent. */
    private final int row;

    MyNumberException(String kind, String message, long offset, long found) {
        super(kind, message, offset, found);
        row = -1;
    }

    MyNumberException(Fault fault) {
        super(
                fault.kind(),
                "row " + fault.row() + ": " + fault.message(),
                fault.offset().orElse(-1),
                fault.found().orElse(-1));
        row = fault.row();
    }

    /**
     * The position of the first byte that is not an ASCII digit.
     *
     * @return its offset in the UTF-8 text, from 0; only of kind {@code non-digit}
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

    /**
     * The row of a batch that was refused.
     *
     * @return the row, from 0; empty for a single number
     */
    public OptionalInt row() {
        return optional(row);
    }
}
