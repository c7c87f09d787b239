package fugo;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * {@code first(x) :=} the end of the chain {@code x → previous → …}: which number a person had first. A leaked number
 * is replaced by a new one (番号法 7条2項), and the person keeps the symbols of the first; a number that is not listed
 * stands for itself.
 *
 * <p>A number stands at most once in each column, so chains neither fork nor merge; cycles are refused. The numbers
 * live outside Java's heap and are wiped on {@link #close}.
 */
public final class Lineage extends Handle {
    private final int size;

    private Lineage(long value) {
        super(value);
        size = with(Native::lineageLen);
    }

    /**
     * A number that was issued in the place of another.
     *
     * @param number the new number
     * @param previous the number before it
     */
    public record Reissue(MyNumber number, MyNumber previous) {
        /**
         * Both are needed.
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
     * @throws LineageException of the first pair at fault, or of a cycle
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
     * @return the first; an equal number if it is not listed
     */
    public MyNumber first(MyNumber number) {
        return with(value -> new MyNumber(Native.first(value, number.digits())));
    }

    /**
     * How many re-issued numbers are listed.
     *
     * @return the number of pairs
     * @throws IllegalStateException if it is closed
     */
    public int size() {
        value();
        return size;
    }
}
