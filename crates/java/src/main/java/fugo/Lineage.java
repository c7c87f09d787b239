package fugo;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * {@code first(x) :=} the end of the chain {@code x → previous → …}: the first number of a person. A leaked number is
 * replaced by a new one (番号法 7条2項), and the person keeps the symbols of the first number. A number that is not in the
 * list is its own first number.
 *
 * <p>A number may be the new number of one pair only, and the previous number of one pair only. So chains neither fork
 * nor merge. Cycles are refused. The numbers are stored outside Java's heap and are wiped on {@link #close}.
 */
public final class Lineage extends Handle {
    private final int size;

    private Lineage(long value) {
        super(value);
        size = with(Native::lineageLen);
    }

    /**
     * A number that replaced another.
     *
     * @param number the new number
     * @param previous the number before it
     */
    public record Reissue(MyNumber number, MyNumber previous) {
        /**
         * Makes a pair. Neither number may be null.
         *
         * @param number the new number
         * @param previous the number before it
         */
        public Reissue {
            Objects.requireNonNull(number);
            Objects.requireNonNull(previous);
        }
    }

    /**
     * Resolves pairs of new and previous number.
     *
     * @param pairs the pairs, whose numbers may be closed afterwards
     * @return the lineage
     * @throws LineageException for the first wrong pair, or for a cycle
     */
    public static Lineage of(List<Reissue> pairs) {
        byte[] digits = new byte[Math.multiplyExact(pairs.size(), 2 * MyNumber.LENGTH)];
        try {
            int at = 0;
            for (Reissue pair : pairs) {
                System.arraycopy(pair.number().digits(), 0, digits, at, MyNumber.LENGTH);
                System.arraycopy(pair.previous().digits(), 0, digits, at + MyNumber.LENGTH, MyNumber.LENGTH);
                at += 2 * MyNumber.LENGTH;
            }
            return new Lineage(Native.lineage(digits));
        } finally {
            Arrays.fill(digits, (byte) 0);
        }
    }

    /**
     * The person's first number.
     *
     * @param number a number
     * @return the first number; an equal number if {@code number} is not in the list
     */
    public MyNumber first(MyNumber number) {
        return with(value -> new MyNumber(Native.first(value, number.digits())));
    }

    /**
     * The number of pairs.
     *
     * @return the number of pairs
     * @throws IllegalStateException if it is closed
     */
    public int size() {
        value();
        return size;
    }
}
