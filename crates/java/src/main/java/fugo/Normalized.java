package fugo;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/**
 * Twelve digits that were normalised from a text, and the changes that were made. The digits are not checked yet: this
 * is an optional step before the strict parse.
 *
 * <p>The steps are fixed ({@link #revision}): delete invisible characters; trim both ends; map full-width digits;
 * accept {@code D12}, or {@code D4 S D4 S D4} where each S is one to three separators; restore lost zeros if requested.
 * Any other text is refused.
 */
public final class Normalized implements AutoCloseable {
    private final byte[] digits;
    private final Set<Change> changes;
    private volatile boolean closed;

    private Normalized(byte[] digits, Set<Change> changes) {
        this.digits = digits;
        this.changes = changes;
    }

    /**
     * Normalises a text to twelve digits.
     *
     * @param text a value from a file
     * @param lostZeros whether leading zeros are restored
     * @return the digits and the changes
     * @throws NormalizeException if the text cannot be normalised to twelve digits
     */
    public static Normalized normalize(CharSequence text, LostZeros lostZeros) {
        byte[] bytes = Utf8.of(text);
        byte[] digits = new byte[MyNumber.LENGTH];
        try {
            String words = Native.normalize(bytes, Objects.requireNonNull(lostZeros) == LostZeros.RESTORE, digits);
            EnumSet<Change> changes = EnumSet.noneOf(Change.class);
            for (String word : words.isEmpty() ? new String[0] : words.split(",")) {
                changes.add(Change.ofWord(word));
            }
            return new Normalized(digits, Collections.unmodifiableSet(changes));
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /**
     * The revision of the steps. It increases with every change. It is separate from the version of symbols.
     *
     * @return the revision
     */
    public static int revision() {
        return Native.normalizeRevision();
    }

    /**
     * The strict parse of the digits.
     *
     * @return the number
     * @throws MyNumberException of kind {@code check-digit} or {@code never-issued}
     * @throws IllegalStateException if this is closed
     */
    public MyNumber parse() {
        byte[] copy = exposeDigits();
        try {
            return MyNumber.parse(copy);
        } finally {
            Arrays.fill(copy, (byte) 0);
        }
    }

    /**
     * The changes that were made.
     *
     * @return the changes, in the order in which they are made; empty if the text was twelve ASCII digits already
     */
    public Set<Change> changes() {
        return changes;
    }

    /**
     * The twelve ASCII digits, not yet checked. As secret as a {@link MyNumber}.
     *
     * @return a new array of 12 bytes
     * @throws IllegalStateException if this is closed
     */
    public byte[] exposeDigits() {
        byte[] copy = digits.clone();
        if (closed) {
            throw new IllegalStateException("this Normalized is closed");
        }
        return copy;
    }

    /** Overwrites the digits. */
    @Override
    public void close() {
        closed = true;
        Arrays.fill(digits, (byte) 0);
    }

    /**
     * Only the type.
     *
     * @return {@code Normalized(..)}
     */
    @Override
    public String toString() {
        return "Normalized(..)";
    }
}
