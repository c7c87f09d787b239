package fugo;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/**
 * Text → twelve digits, not yet checked, and what was changed to get them: an opt-in step before the strict parse.
 *
 * <p>The table is closed ({@link #revision}). In order: delete invisibles; trim both ends; map full-width digits;
 * accept {@code D12}, or {@code D4 S D4 S D4} with one to three separators in each place; restore lost zeros only if
 * asked. Anything else is refused.
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
     * Text → twelve digits, or a typed reason.
     *
     * @param text what a real file contains
     * @param lostZeros whether leading zeros are restored
     * @return the digits and what was changed
     * @throws NormalizeException if the text is not twelve digits even leniently
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
     * The revision of the table, which grows with every change of it. It is not part of the version of symbols.
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
     * What was changed.
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
     * The type, and nothing else.
     *
     * @return {@code Normalized(..)}
     */
    @Override
    public String toString() {
        return "Normalized(..)";
    }
}
