package fugo;

import java.util.OptionalInt;

/** Why pairs are no lineage: {@code self-pair}, {@code duplicate-new}, {@code duplicate-previous} or {@code cycle}. */
public final class LineageException extends FugoException {
    private static final long serialVersionUID = 1;

    LineageException(String kind, String message, long pair, long found) {
        super(kind, message, pair, found);
    }

    /**
     * The pair at fault; of a duplicate, the second of the two.
     *
     * @return its index, from 0; a cycle has none
     */
    public OptionalInt pair() {
        return optional(place);
    }
}
