package fugo;

import java.util.OptionalInt;

/**
 * Why a text is no {@link MyNumber}, or no eleven-digit body: {@code non-digit}, {@code length}, {@code check-digit} or
 * {@code never-issued}, the first that applies.
 */
public final class MyNumberException extends FugoException {
    private static final long serialVersionUID = 1;

    /** The row of a batch; −1 for none. */
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
     * Where the first byte stands that is no ASCII digit.
     *
     * @return its offset in the UTF-8 text, from 0; only of kind {@code non-digit}
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

    /**
     * Which row of a batch this is about.
     *
     * @return the row, from 0; none for a number that came alone
     */
    public OptionalInt row() {
        return optional(row);
    }
}
