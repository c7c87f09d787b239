package fugo;

import java.util.OptionalLong;

/**
 * A key whose scope does not fit what is to be derived, or a symbol that does not fit the key: {@code wrong-purpose},
 * {@code insurers-epoch} or {@code insurers-missing}.
 */
public final class PurposeException extends FugoException {
    private static final long serialVersionUID = 1;

    PurposeException(String kind, String message, long place, long found) {
        super(kind, message, place, found);
    }

    static PurposeException wrong(String message) {
        return new PurposeException("wrong-purpose", message, -1, -1);
    }

    /**
     * The epoch of the insurers' key, which must be 1.
     *
     * @return the epoch found; only of kind {@code insurers-epoch}
     */
    public OptionalLong foundEpoch() {
        return found < 0 ? OptionalLong.empty() : OptionalLong.of(found);
    }
}
