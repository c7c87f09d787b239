package fugo;

import java.util.OptionalInt;

/**
 * The pairs are not a valid lineage: {@code self-pair}, {@code duplicate-new}, {@code duplicate-previous} or {@code
 * cycle}.
 */
public final class LineageException extends FugoException {
    private static final long serialVersionUID = 1;

    LineageException(String kind, String message, long pair, long found) {
        super(kind, message, pair, found);
    }

    /**
     * The wrong pair. For a duplicate, it is the second of the two.
     *
     * @return its index, from 0; empty for a cycle
     */
    public OptionalInt pair() {
        return optional(place);
    }
}
