package fugo;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * The scope of a key does not fit the derivation, or a symbol does not fit the key: {@code wrong-purpose}, {@code
 * insurers-epoch}, {@code insurers-missing} or, for both keys of a {@link Translation}, {@code same-key}.
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
        return kind().equals("insurers-epoch") && found >= 0 ? OptionalLong.of(found) : OptionalLong.empty();
    }

    /**
     * The purpose of the key, if another purpose is needed.
     *
     * @return the purpose found; only of kind {@code wrong-purpose}, and only if the key is wrong
     */
    public Optional<Purpose> foundPurpose() {
        return kind().equals("wrong-purpose") && found >= 0 ? Optional.of(Purpose.ofCode((int) found)) : Optional.empty();
    }
}
